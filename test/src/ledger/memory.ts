// A ledger in memory, as `openSqlite` makes it. Its tables are made once for a file of tests, which is nearly all that
// opening takes.

import { DatabaseSync } from 'node:sqlite'
import type { Ledger } from '../../../src/ledger/ledger.ts'
import { openSqlite } from '../../../src/ledger/open.ts'

const file = ':memory:'
const made = new DatabaseSync(file)
await openSqlite({ file, database: made, owner: 'nobody' })
const tables = made.serialize()
made.close()

export const newDatabase = (): DatabaseSync => {
  const database = new DatabaseSync(file)
  database.deserialize(tables)
  return database
}

export const openMemory = (options: Omit<Parameters<typeof openSqlite>[0], 'file'> = {}): Ledger => {
  const { database = newDatabase() } = options
  const ledger = openSqlite({ file, ...options, database })
  if (options.database) return ledger
  const close = async (): Promise<void> => {
    await ledger.close()
    if (database.isOpen) database.close()
  }
  return { ...ledger, close }
}
