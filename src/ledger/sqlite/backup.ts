// A copy of the ledger with its PDFs, made while a bridge runs. All of it is written and synced in a folder of its own,
// and gets its final name at the end: a copy that has that name is whole.

import { existsSync } from 'node:fs'
import { copyFile, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { BridgeError } from '../../core/errors.ts'
import { documentsSql } from '../retention.ts'

export type BackedUp = { invoices: number; documents: number; missing: string[] }

// A PDF may come and go while the database is copied. Then both are copied again.
const roundsMax = 3

/** `file` gets the database, `<file>.spool` the PDFs. Neither may exist already. */
export const backUp = async (folder: string, file: string): Promise<BackedUp> => {
  const spool = `${file}.spool`
  const part = `${file}.part`
  for (const path of [file, spool]) refuseWhatIsThere(path)
  await mkdir(part).catch(error => {
    if (error.code !== 'EEXIST') throw error
    throw refused(
      `${part} is there: another back-up is running, or one was interrupted. If none is running, remove it.`
    )
  })
  try {
    const parts = { database: join(part, 'ledger.sqlite'), spool: join(part, 'spool') }
    await mkdir(parts.spool)
    const made = await copyAll(folder, parts)
    for (const path of [parts.database, parts.spool, part]) await sync(path)
    for (const path of [file, spool]) refuseWhatIsThere(path)
    await rename(parts.spool, spool)
    await rename(parts.database, file)
    await sync(dirname(file))
    return made
  } finally {
    await rm(part, { recursive: true, force: true })
  }
}

const copyAll = async (folder: string, to: { database: string; spool: string }): Promise<BackedUp> => {
  const spool = join(folder, 'spool')
  const copied = new Set<string>()
  const copy = async (name: string): Promise<boolean> => {
    if (copied.has(name)) return true
    try {
      await copyFile(join(spool, name), join(to.spool, name))
    } catch (error) {
      if (isMissing(error)) return false
      throw error
    }
    await sync(join(to.spool, name))
    copied.add(name)
    return true
  }
  for (let round = 1; ; round += 1) {
    for (const name of await namesIn(spool)) await copy(name)
    const { invoices, named } = await copyDatabase(join(folder, 'ledger.sqlite'), to.database)
    const missing: string[] = []
    for (const name of named) if (!(await copy(name))) missing.push(name)
    if (missing.length > 0 && round < roundsMax) continue
    for (const name of copied) if (!named.has(name)) await rm(join(to.spool, name))
    return { invoices, documents: named.size - missing.length, missing }
  }
}

const copyDatabase = async (from: string, to: string) => {
  await rm(to, { force: true })
  let source: DatabaseSync | undefined
  try {
    source = new DatabaseSync(from, { readOnly: true })
    // In one step: a write in between would make it start again.
    await backup(source, to, { rate: 2 ** 31 - 1 })
  } catch (cause) {
    throw new BridgeError('LEDGER_UNREADABLE', `cannot copy ${from}: ${(cause as Error).message}`, { cause })
  } finally {
    source?.close()
  }
  const copy = new DatabaseSync(to)
  try {
    copy.exec(markCopied)
    const { invoices } = copy.prepare('SELECT count(*) AS invoices FROM invoice').get() as {
      invoices: number
    }
    const named = copy.prepare(documentsSql).all() as { file: string }[]
    return { invoices, named: new Set(named.map(({ file }) => file)) }
  } finally {
    copy.close()
  }
}

// Wherever the copy is put back, and however soon, it must not pass for the ledger that the files beside it belong to
// (portal/recognise.ts).
const markCopied = `PRAGMA synchronous = FULL;
  INSERT INTO fact (name, value) VALUES ('memory', '{"identity":"a back-up"}')
  ON CONFLICT (name) DO UPDATE SET value = json_set(fact.value, '$.identity', 'a back-up')`

const namesIn = async (folder: string): Promise<string[]> => {
  const found = await readdir(folder, { withFileTypes: true }).catch(error => {
    if (isMissing(error)) return []
    throw error
  })
  return found.filter(entry => entry.isFile() && entry.name.endsWith('.pdf')).map(({ name }) => name)
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT'

const refuseWhatIsThere = (path: string): void => {
  if (existsSync(path)) throw refused(`${path} already exists and is not overwritten. Choose another name.`)
}

const refused = (message: string): Error => Object.assign(new Error(message), { code: 'EEXIST' })

const sync = async (path: string): Promise<void> => {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
