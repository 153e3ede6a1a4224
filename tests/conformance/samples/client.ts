/** What the samples get for `@azure/arm-machinelearning`: the real client, on its way to Local Azure. */

import type { TokenCredential } from "@azure/identity";
import { emulatorTransport } from "../../local_azure/emulator_transport.ts";

// the samples' import map gives this very file for the bare name, so the real one is asked for by version
const { AzureMachineLearningWorkspaces: Real } = await import(
  Deno.env.get("SAMPLES_SDK")!
) as typeof import("@azure/arm-machinelearning");

/** Which sample is running; whoever runs it says so. */
export const current = { sample: "" };

/** The SDK's client. Each request says which sample made it. */
export class AzureMachineLearningWorkspaces extends Real {
  constructor(credential: TokenCredential, subscriptionId: string, options: object = {}) {
    const { sample } = current, inner = emulatorTransport(Deno.env.get("SAMPLES_TARGET")!);
    const httpClient = {
      // deno-lint-ignore no-explicit-any -- the SDK's request, whatever its kind
      sendRequest(request: any) {
        request.headers.set("x-sample", sample);
        return inner.sendRequest(request);
      },
    };
    super(credential, subscriptionId, { ...options, httpClient } as never);
  }
}
