/** A container as a process that has changed into an image, in namespaces of its own. */

import { SYSTEM_PATH } from "./buildah.ts";
import type { ImageConfig, UserIds } from "./image_config.ts";
import type { Command } from "./runtime.ts";

/** Where and as whom a program is started. */
export interface ChrootPlace {
  /** The folder that becomes `/`. */
  readonly root: string;
  /** Whose rights the program has. */
  readonly user: UserIds;
  /** A folder of this machine that is shown in the image. */
  readonly shown?: {
    readonly from: string;
    /** Absolute path in the image. */
    readonly to: string;
    /** Whether its files may be written, by whom they belong to. */
    readonly isWritable: boolean;
  };
}

/**
 * The process that stays outside: passes SIGTERM on and ends as the container does. The container dies
 * with it. It forks once only: its first child is process 1 of the container, and the kernel takes no
 * other once that has ended.
 */
const OUTSIDE = `
setpriv --pdeathsig KILL /bin/sh -c "$0" init "$@" &
_init=$! _asked=1 _code=127
trap '_asked=1; kill -TERM $_init' TERM
while [ "$_asked" ]; do _asked=; wait $_init; _last=$?; [ $_last -eq 127 ] || _code=$_last; done
exit $_code`;

/**
 * Process 1: furnishes the image as a container is furnished, and starts the program with the rights
 * that Docker gives one: no more than root's harmless half, and none for another user.
 */
const INIT = `
_root=$1 _uid=$2 _gid=$3 _workdir=$4 _from=$5 _to=$6 _mode=$7 _path=$8
shift 8
set -e
for _one in proc dev etc var var/azureml-app var/azureml-app/azureml-models \\
  mnt mnt/azureml mnt/azureml/cr mnt/azureml/cr/j; do
  [ ! -L "$_root/$_one" ] || { echo "/$_one of the image must be a folder, and is a link" >&2; exit 125; }
done
mkdir -p "$_root/proc" "$_root/dev" "$_root/etc"
mount -t proc proc "$_root/proc"
mount -t tmpfs -o mode=755,size=64k tmpfs "$_root/dev"
for _one in null zero full random urandom; do
  : > "$_root/dev/$_one"
  mount --bind "/dev/$_one" "$_root/dev/$_one"
done
mkdir "$_root/dev/shm"
mount -t tmpfs -o mode=1777,size=64m tmpfs "$_root/dev/shm"
ln -s /proc/self/fd "$_root/dev/fd"
ln -s fd/0 "$_root/dev/stdin"
ln -s fd/1 "$_root/dev/stdout"
ln -s fd/2 "$_root/dev/stderr"
for _one in hosts resolv.conf; do
  rm -f "$_root/etc/$_one" # a link of the image's must not lead out of it
  [ ! -e /etc/$_one ] || cat /etc/$_one > "$_root/etc/$_one"
done
if [ -n "$_from" ]; then
  mkdir -p "$_root$_to"
  mount --bind "$_from" "$_root$_to"
  mount -o remount,bind,$_mode "$_root$_to"
fi
set +e
_caps=-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,+net_bind_service
PATH=$_path /usr/bin/setpriv --bounding-set $_caps,+sys_chroot --inh-caps -all --no-new-privs \\
  /usr/bin/unshare --root "$_root" --wd "$_workdir" --setgid $_gid --setuid $_uid -- "$@" &
_program=$! _asked=1 _code=127
trap '_asked=1; kill -TERM $_program' TERM
while [ "$_asked" ]; do _asked=; wait $_program; _last=$?; [ $_last -eq 127 ] || _code=$_last; done
exit $_code`;

/**
 * How an image's program is started: processes and mounts of its own, the machine's network. It is no
 * process 1, so that SIGTERM ends it without being caught, as with an init in the image.
 *
 * @param config The program and its working folder.
 * @param env All of its environment.
 * @param place See {@linkcode ChrootPlace}.
 * @returns A command for root; killing its process kills all that the program has started.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { chrootCommand } from "lib/local_azure/chroot_command.ts";
 *
 * const config = { words: ["deno", "run", "server.js"], env: {}, workdir: "/app", user: "deno" };
 * const env = { PATH: "/usr/bin", PORT: "4000" };
 * const command = chrootCommand(config, env, { root: "/d/root", user: { uid: 1993, gid: 1993 } });
 * assert.deepEqual(command.words.slice(-3), ["deno", "run", "server.js"]);
 * assert.equal(command.words[0], "/usr/bin/unshare");
 * assert.equal(command.env.PORT, "4000");
 * ```
 */
export function chrootCommand(
  { words, workdir }: Pick<ImageConfig, "words" | "workdir">,
  env: Readonly<Record<string, string>>,
  { root, user, shown }: ChrootPlace,
): Command {
  const place = [root, String(user.uid), String(user.gid), workdir];
  const bound = [shown?.from ?? "", shown?.to ?? "", shown?.isWritable ? "rw" : "ro"];
  return {
    words: [
      ...["/usr/bin/unshare", "--mount", "--pid", "/bin/sh", "-c", OUTSIDE, INIT],
      ...[...place, ...bound, env.PATH ?? SYSTEM_PATH, ...words],
    ],
    env: { ...env, PATH: SYSTEM_PATH }, // the shells' own; the image's comes last
    cwd: "/",
  };
}
