// One adapter for two names: WeFact, and HostFact, which its users host themselves.

import type { Tool, ToolConnection } from '../../src/tools/tool.ts'
import { type Access, idOf, load, pdf } from './api.ts'
import { missed } from './catch-up.ts'
import { check } from './check.ts'

type Parts<Settings> = {
  [Part in 'load' | 'idOf' | 'pdf' | 'missed' | 'check']-?: NonNullable<Tool<never, Settings>[Part]>
}

/** What asks the API, for a tool whose settings say what opens it. */
export const askingBy = <Settings extends object>(accessOf: (settings: Settings) => Access): Parts<Settings> => {
  const accesses = new WeakMap<Settings, Access>()
  const by = (connection: ToolConnection<Settings>) => {
    const { settings } = connection
    return { ...connection, settings: accesses.getOrInsertComputed(settings, () => accessOf(settings)) }
  }
  return {
    load: (id, connection) => load(id, by(connection)),
    idOf: (invoiceNumber, connection) => idOf(invoiceNumber, by(connection)),
    pdf: (invoice, connection) => pdf(invoice, by(connection)),
    missed: (since, connection, stopped) => missed(since, by(connection), stopped),
    check: (address, connection) => check(address, by(connection))
  }
}
