/** Where a kernel and its client meet: five ports and a key, in a file that only its owner reads. */

const CHANNELS = ["shell_port", "iopub_port", "control_port", "stdin_port", "hb_port"] as const;

/** The ports of a kernel's channels, on 127.0.0.1. */
export type Ports = Readonly<Record<typeof CHANNELS[number], number>>;

/**
 * Ports that are free now. Another program may take one before the kernel does.
 *
 * @returns One for each channel.
 */
export function freePorts(): Ports {
  const listeners = CHANNELS.map(() => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  const ports = listeners.map((listener) => listener.addr.port);
  for (const listener of listeners) listener.close();
  return Object.fromEntries(CHANNELS.map((channel, i) => [channel, ports[i]])) as Ports;
}

/**
 * Writes a connection file.
 *
 * @param ports The channels' ports.
 * @param key Signs each message.
 * @returns Its path; its mode is 0600.
 */
export async function writeConnectionFile(ports: Ports, key: string): Promise<string> {
  const path = await Deno.makeTempFile({ prefix: "mlops-kernel-", suffix: ".json" });
  const scheme = { ip: "127.0.0.1", transport: "tcp", signature_scheme: "hmac-sha256" };
  await Deno.writeTextFile(path, JSON.stringify({ ...scheme, ...ports, key }));
  return path;
}

/**
 * Removes a connection file, at once.
 *
 * @param path Its path; it may be gone already.
 */
export function removeConnectionFile(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // gone already
  }
}
