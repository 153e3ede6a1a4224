/** The machine of a deployment. */

/** The smallest that the service offers for a managed endpoint. */
export const INSTANCE_TYPE = "Standard_DS2_v2";
