// What another process does to a ledger: `node other-process.ts <part> <file>`. It says a line when it is that far.

import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { BridgeError } from '../../../../src/core/errors.ts'
import type { Ledger } from '../../../../src/ledger/ledger.ts'
import { openSqlite } from '../../../../src/ledger/open.ts'
import { arrivalOf, bodyOf, minute, noon } from '../fixtures.ts'

const [, , part, file = ''] = process.argv

const say = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`)

const stay = () => setInterval(() => {}, minute)

const codeOf = (error: unknown) => (error instanceof BridgeError ? error.code : String(error))

/** Owns the ledger with one row on loan and one in doubt, until it is killed. */
const own = async () => {
  const ledger = openSqlite({ file })
  await ledger.receive(arrivalOf({ invoiceNumber: 'in doubt' }), noon)
  const [loan] = await ledger.borrow(1, noon, noon + 1000 * minute)
  await ledger.sending(loan!, bodyOf(loan!), noon)
  await ledger.receive(arrivalOf({ invoiceNumber: 'on loan' }), noon)
  await ledger.borrow(1, noon, noon + 1000 * minute)
  say('owned')
  stay()
}

const open = async () => {
  try {
    await openSqlite({ file }).close()
    say('opened')
  } catch (error) {
    say(codeOf(error))
  }
}

/** Holds the write lock that a backup or a shell may hold, until it is told to let go. */
const lock = () => {
  const db = new DatabaseSync(file)
  db.exec('BEGIN IMMEDIATE')
  say('locked')
  process.stdin.once('data', () => {
    db.close()
    say('let go')
    process.exit()
  })
}

const limitFilesTo = (bytes: number | 'unlimited') => {
  const { status, stderr } = spawnSync('prlimit', ['--pid', `${process.pid}`, `--fsize=${bytes}:`], {
    encoding: 'utf8'
  })
  if (status !== 0) throw new Error(stderr)
}

const large = (invoiceNumber: string) => arrivalOf({ invoiceNumber, customer: { name: 'x'.repeat(20_000) } })

const keepUntilFull = async (ledger: Ledger): Promise<{ kept: string[]; refusal: string }> => {
  const kept: string[] = []
  for (;;) {
    const number = `single ${kept.length}`
    try {
      await ledger.receive(large(number), noon)
      kept.push(number)
    } catch (error) {
      return { kept, refusal: codeOf(error) }
    }
  }
}

/** Writes until files may not grow, says what was kept and what was refused, and goes on once they may. */
const fill = async () => {
  process.on('SIGXFSZ', () => {}) // so that the write fails instead of the process
  const ledger = openSqlite({ file })
  await ledger.receive(large('before'), noon)
  limitFilesTo(statSync(`${file}-wal`).size + 500_000)

  const { kept, refusal } = await keepUntilFull(ledger)
  // So many that they are written before the commit, and so many that only the commit writes.
  const batches = [800, 3].map(async (size, batch) => {
    const all = Array.from({ length: size }, (_, index) => ledger.receive(large(`batch ${batch} ${index}`), noon))
    const answers = await Promise.allSettled(all)
    return [...new Set(answers.map(answer => (answer.status === 'rejected' ? codeOf(answer.reason) : 'kept')))]
  })
  const refusals = [refusal, ...(await Promise.all(batches)).flat()]
  let beat: unknown
  for (let now = noon; beat === undefined; now++) beat = await ledger.beat(now).catch(codeOf)
  const rows = (await ledger.list({ limit: 10_000 })).rows.map(row => row.invoiceNumber)

  limitFilesTo('unlimited')
  await ledger.beat(noon)
  const { result } = await ledger.receive(large('after'), noon)
  await ledger.close()
  say({ kept: ['before', ...kept], refusals, beat, rows: rows.reverse(), after: result })
}

await { own, open, lock, fill }[part as 'own']()
