// The ledger's database where several machines share it: one transaction at a time, as under the lock that all writers
// take, by a clock of its own. A process that asks may die, or freeze, before it is done and before its answer comes.

import { BridgeError } from '../../src/core/errors.ts'
import type { Cells, Driver, Tx, Work } from '../../src/ledger/driver.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'
import { openLedger } from '../../src/ledger/open.ts'
import type { Disk } from './disk.ts'
import type { Place } from './machine.ts'
import { epoch } from './portal.ts'
import type { Owner } from './scheduler.ts'
import type { World } from './world.ts'

export interface SharedDatabase {
  now: () => number
  open: (name: string, whom: Owner, isLostAt: (place: Place) => boolean) => Ledger
}

// For each way, there and back.
const travelMsMax = 20

export const createSharedDatabase = ({ scheduler, random }: World, disk: Disk): SharedDatabase => {
  let last: Promise<unknown> = Promise.resolve()
  const now = () => Math.floor(epoch + scheduler.now())

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work)
    last = mine.catch(() => {})
    return mine
  }

  const txOf = (owner: string): Tx => {
    const statement = (sql: string) => disk.database().prepare(sql)
    return {
      now: now(),
      clockSteps: 0,
      owner,
      one: async (sql, ...values) => statement(sql).get(...values) as Cells | undefined,
      all: async (sql, ...values) => statement(sql).all(...values) as Cells[],
      run: async (sql, ...values) => void statement(sql).run(...values)
    }
  }

  const commit = async <T>(owner: string, work: Work<T>): Promise<T> => {
    const database = disk.database()
    const run = (sql: string) => database.prepare(sql).run()
    run('BEGIN IMMEDIATE')
    try {
      const value = await work(txOf(owner))
      try {
        run('COMMIT')
      } catch (cause) {
        throw new BridgeError('LEDGER_UNAVAILABLE', undefined, { cause })
      }
      return value
    } catch (error) {
      if (database.isOpen && database.isTransaction) run('ROLLBACK')
      throw error
    }
  }

  return {
    now,
    open(owner, whom, isLostAt) {
      const travel = (then: () => void): void => {
        if (!isLostAt('commit')) scheduler.after(random.int(0, travelMsMax), then, whom)
      }
      const driver: Driver = {
        write: work =>
          new Promise((resolve, reject) =>
            travel(() =>
              inTurn(() => commit(owner, work)).then(
                value => travel(() => resolve(value)),
                error => travel(() => reject(error))
              )
            )
          ),
        read: work => inTurn(() => work(txOf(owner))),
        close: async () => {},
        identity: disk.identity(),
        beside: undefined,
        isShared: true
      }
      return openLedger(driver)
    }
  }
}
