/** The one part of jstat that this room uses; the package has no types. */
declare const jstat: {
  readonly jStat: {
    readonly normal: {
      /** Standard deviate below which a share of the normal distribution lies. */
      inv(share: number, mean: number, deviation: number): number;
    };
  };
};
export default jstat;
