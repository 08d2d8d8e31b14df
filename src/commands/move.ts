// Moves the ledger from DATA_DIR into PostgreSQL.

import { parseArgs } from 'node:util'
import { readSettings, settings } from '../config.ts'
import { asOwnerOf } from '../ledger/data-folder.ts'
import { MoveFailed, move } from '../ledger/move.ts'
import { type Command, CommandFailed, WrongUse } from './command.ts'

export const run: Command = async (args, { env, print }) => {
  const { values } = parseArgs({ args, options: { to: { type: 'string' }, json: { type: 'boolean' } } })
  const { to = '', json } = values
  if (!/^postgres(ql)?:$/.test(URL.parse(to)?.protocol ?? ''))
    throw new WrongUse('Usage: factuurbrug move --to <postgres://…>')
  const { DATA_DIR } = readSettings(env, settings.pick({ DATA_DIR: true }))
  const progress = (step: string) => (json ? undefined : print(step))
  const moved = await asOwnerOf(DATA_DIR, () => move({ folder: DATA_DIR, to, progress })).catch(error => {
    throw error instanceof MoveFailed ? new CommandFailed(error.message) : error
  })
  if (json) print(JSON.stringify(moved, null, 2))
  else if (moved.rows === null) print(`The ledger is already in ${moved.to}: set DATABASE_URL.`)
  else {
    for (const [table, rows] of Object.entries(moved.rows)) print(`  ${table}: ${rows} rows, the same in both`)
    print(`  PDFs: ${moved.documents}`)
    if (moved.missing.length > 0) print(`  ${moved.missing.length} PDFs were gone from DATA_DIR before.`)
    print(`The ledger is in ${moved.to}. Set DATABASE_URL and start; no bridge starts from DATA_DIR any more.`)
  }
  return 0
}
