// A copy of the ledger and its PDFs, made while the bridge runs.

import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { readSettings, settings } from '../config.ts'
import { asOwnerOf } from '../ledger/data-folder.ts'
import { backUp } from '../ledger/sqlite/backup.ts'
import { type Command, CommandFailed, WrongUse } from './command.ts'

export const run: Command = async (args, { env, print }) => {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { json: { type: 'boolean' } } })
  const [named, ...more] = positionals
  if (named === undefined || more.length > 0) throw new WrongUse('Usage: factuurbrug backup <file>')
  if (env.DATABASE_URL) throw new CommandFailed('The ledger is in PostgreSQL (DATABASE_URL): back it up with pg_dump.')
  const { DATA_DIR } = readSettings(env, settings.pick({ DATA_DIR: true }))
  const file = resolve(named)
  const { invoices, documents, missing } = await asOwnerOf(DATA_DIR, () => backUp(DATA_DIR, file)).catch(explain)
  if (values.json) {
    print(JSON.stringify({ file, invoices, documents, missing }, null, 2))
    return 0
  }
  print(`${file}: ${invoices} invoices; ${file}.spool: ${documents} PDFs.`)
  if (missing.length > 0) print(`${missing.length} PDFs are gone from the bridge's own folder, too.`)
  return 0
}

/** What the system says about a path is all that a person needs. */
const explain = (error: NodeJS.ErrnoException): never => {
  throw /^E[A-Z]+$/.test(error.code ?? '') ? new CommandFailed(error.message) : error
}
