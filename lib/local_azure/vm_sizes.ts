/**
 * Sizes of virtual machines that this room knows the cores of. Azure has more; a deployment on another
 * size is accepted and counts towards no quota.
 */

/** One size. */
export interface VmSize {
  /** E.g. `Standard_DS2_v2`. */
  readonly name: string;
  /** Family whose quota it counts in, e.g. `standardDSv2Family`. */
  readonly family: string;
  /** Virtual cores. */
  readonly cores: number;
  /** Gigabytes of memory. */
  readonly memoryGB: number;
  /** Graphics processors. */
  readonly gpus: number;
}

const FAMILIES: Readonly<Record<string, readonly (readonly [string, number, number, number?])[]>> =
  {
    standardDSv2Family: [
      ["Standard_DS1_v2", 1, 3.5],
      ["Standard_DS2_v2", 2, 7],
      ["Standard_DS3_v2", 4, 14],
      ["Standard_DS4_v2", 8, 28],
      ["Standard_DS5_v2", 16, 56],
    ],
    standardDSv3Family: [
      ["Standard_D2s_v3", 2, 8],
      ["Standard_D4s_v3", 4, 16],
      ["Standard_D8s_v3", 8, 32],
      ["Standard_D16s_v3", 16, 64],
    ],
    standardESv3Family: [
      ["Standard_E2s_v3", 2, 16],
      ["Standard_E4s_v3", 4, 32],
      ["Standard_E8s_v3", 8, 64],
      ["Standard_E16s_v3", 16, 128],
    ],
    standardFSv2Family: [
      ["Standard_F2s_v2", 2, 4],
      ["Standard_F4s_v2", 4, 8],
      ["Standard_F8s_v2", 8, 16],
      ["Standard_F16s_v2", 16, 32],
    ],
    standardNCASv3_T4Family: [
      ["Standard_NC4as_T4_v3", 4, 28, 1],
      ["Standard_NC8as_T4_v3", 8, 56, 1],
      ["Standard_NC16as_T4_v3", 16, 110, 1],
    ],
  };

/**
 * The sizes that are known.
 *
 * @see https://learn.microsoft.com/azure/virtual-machines/sizes
 */
export const VM_SIZES: readonly VmSize[] = Object.entries(FAMILIES).flatMap(([family, sizes]) =>
  sizes.map(([name, cores, memoryGB, gpus = 0]) => ({ name, family, cores, memoryGB, gpus }))
);

/** Names of the families, in order. */
export const VM_FAMILIES: readonly string[] = Object.keys(FAMILIES);

/**
 * The size with that name, in any case.
 *
 * @returns The size; nothing if it is not known here.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { vmSize } from "lib/local_azure/vm_sizes.ts";
 *
 * assert.equal(vmSize("standard_ds2_V2")?.cores, 2);
 * assert.equal(vmSize("Standard_Unknown"), undefined);
 * ```
 */
export function vmSize(name: string): VmSize | undefined {
  return VM_SIZES.find((size) => size.name.toLowerCase() === name.toLowerCase());
}
