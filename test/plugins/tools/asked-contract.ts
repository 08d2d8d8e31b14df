// What every accounting tool that is only asked guarantees, whatever its vendor. A tool's own test brings a server that
// behaves as the vendor's does, and what it holds.

import t, { type Test } from 'tap'
import type { z } from 'zod'
import { BridgeError } from '../../../src/core/errors.ts'
import { openHttp } from '../../../src/network/http.ts'
import { createLocate, createToolApi } from '../../../src/tools/api.ts'
import { oneInvoice } from '../../../src/tools/one-invoice.ts'
import type { Tool, ToolConnection, ToolInvoice } from '../../../src/tools/tool.ts'
import type { Answer } from '../../fixtures/asked-server.ts'

export const now = Date.UTC(2026, 10, 20, 11)
export const timeZone = 'Europe/Amsterdam'
export const day = 24 * 3_600_000
export const never = new AbortController().signal

/** The vendor, as a test plays it. */
export type AskedWorld = {
  /** As in the environment: all that is needed to ask it. */
  env: Record<string, string>
  /** A final invoice becomes known now, dated today; with changes in the vendor's own words. */
  hold: (id: string, number: string, changes?: Record<string, unknown>) => void
  /** From now on it answers every question so; undefined: as usual. */
  answer: (answer: Answer | undefined) => void
  /** How many questions it was asked. */
  asked: () => number
}

export type AskedCase<Schema extends z.ZodObject = z.ZodObject> = {
  tool: Tool<Schema>
  open: (t: Test, clock: { now: () => number }) => Promise<AskedWorld>
  /** What `hold('1', '2026-0117')` is told as. */
  told: ToolInvoice
  /** Changes that make an invoice a draft. */
  draft: Record<string, unknown>
  /** Changes that cannot be read, with how the problem begins: the field. */
  unreadable: Record<string, { changes: Record<string, unknown>; problem: string }>
  /** More than one page of invoices. */
  many: number
  /** Texts that no message may repeat: names, addresses, amounts. */
  personal: string[]
}

export const openAsked = async <Schema extends z.ZodObject>(
  t: Test,
  { tool, open }: Pick<AskedCase<Schema>, 'tool' | 'open'>,
  changed: Record<string, string> = {}
) => {
  const slept: number[] = []
  let at = now
  const clock = {
    now: () => at,
    monotonic: () => at,
    sleep: async (ms: number) => {
      slept.push(ms)
      at += ms
    }
  }
  const world = await open(t, clock)
  const http = openHttp({ allowPrivate: true, timeoutMs: 60_000 })
  t.teardown(() => http.close())
  const connection: ToolConnection<z.output<Schema>> = {
    settings: tool.settings.parse({ ...world.env, ...changed }),
    timeZone,
    clock,
    api: createToolApi({ http, clock }),
    locate: createLocate(http)
  }
  const ask = (since = now - 3_600_000, stopped = never) => Array.fromAsync(tool.missed!(since, connection, stopped))
  const pass = (ms: number) => {
    at += ms
  }
  return { world, connection, slept, ask, http, pass }
}

const numbersIn = (told: unknown[]): string[] => told.map(one => (one as ToolInvoice).invoice.invoiceNumber).toSorted()

export const askedContract = <Schema extends z.ZodObject>(given: AskedCase<Schema>): void => {
  const { tool, told, draft, unreadable, many, personal } = given

  t.test('one that a person names is found by its number, and by its id', async t => {
    const { world, connection } = await openAsked(t, given)
    const find = async (named: string) =>
      (await oneInvoice(named, { tool: tool as never, connection: connection as never }))?.invoice.sourceId ?? null
    world.hold('1', '2026-0117')
    world.hold('2', '2026-0118')
    t.equal(await find('2026-0118'), '2')
    t.equal(await find('1'), '1')
    t.equal(await find('2026-0119'), null)
  })

  t.test(`${tool.name}: it brings nothing by itself, and says which of its settings are missing`, async t => {
    t.strictSame([tool.sample, tool.connect], [undefined, undefined])
    t.equal(tool.missingSecret({} as never), null)
    const { world } = await openAsked(t, given)
    for (const variable of Object.keys(world.env).filter(name => /_(KEY|TOKEN|ID)$/.test(name))) {
      const { error } = tool.settings.safeParse({ ...world.env, [variable]: undefined })
      t.match(error?.issues, [{ path: [variable] }])
    }
    const { connection } = await openAsked(t, given)
    t.equal(tool.canAsk(connection.settings), true)
  })

  t.test(`${tool.name}: what is final is told, by the list as by its id; drafts are not`, async t => {
    const { world, connection, ask } = await openAsked(t, given)
    world.hold('1', '2026-0117')
    world.hold('2', '2026-0118', draft)

    t.match(await ask(), [{ stage: 'final', invoice: { invoiceNumber: '2026-0117', sourceId: '1' } }])
    t.strictSame(await tool.load!('1', connection), told)
    const loaded = await tool.load!('2', connection)
    t.ok(loaded === null || loaded.stage === 'draft')
    t.equal(await tool.load!('3', connection), null)
  })

  t.test(`${tool.name}: page by page each invoice is told once, with a rest between two questions`, async t => {
    const { world, slept, ask } = await openAsked(t, given)
    const numbers = Array.from({ length: many }, (_, index) => `2026-${String(index).padStart(4, '0')}`)
    for (const [index, number] of numbers.entries()) world.hold(String(index + 1), number)

    t.strictSame(numbersIn(await ask()), numbers)
    t.ok(world.asked() > 1)
    t.ok(slept.length > 0 && slept.every(ms => ms >= 300))
  })

  t.test(`${tool.name}: what cannot be read is told by its field, and read again as it was`, async t => {
    const { world, connection, ask } = await openAsked(t, given)
    for (const [index, { changes }] of Object.values(unreadable).entries())
      world.hold(String(index + 1), `2026-000${index}`, changes)
    world.hold('99', '2026-0099')

    const found = await ask()
    t.equal(found.length, Object.keys(unreadable).length + 1)
    t.strictSame(numbersIn(found.filter(one => 'invoice' in one)), ['2026-0099'])
    const problems = found.flatMap(one => ('problem' in one ? one : []))
    for (const { body, ...said } of problems) {
      t.strictSame(tool.read(body, connection), { kind: 'unreadable', ...said })
      t.match(said.sourceId, /^\d+$/)
      t.notOk(personal.some(text => said.problem.includes(text)))
      await t.rejects(tool.load!(said.sourceId ?? '', connection), { code: 'TOOL_UNREACHABLE' })
    }
    t.strictSame(
      Object.values(unreadable).filter(({ problem }) => !problems.some(one => one.problem.startsWith(problem))),
      []
    )
  })

  t.test(`${tool.name}: whatever stands in what was kept, reading it throws nothing`, async t => {
    const { connection } = await openAsked(t, given)
    for (const text of [
      '',
      ' ',
      'null',
      '[]',
      '{}',
      '"x"',
      '1',
      '{"seenAt":1}',
      '{"seenAt":1e300,"entity":{}}',
      '\x00'
    ])
      t.match(
        tool.read(Buffer.from(text), connection),
        { kind: tool.verify ? /^(unreadable|hint)$/ : 'unreadable' },
        text
      )
  })

  t.test(
    `${tool.name}: a refused token, a pause and a failure are told as what they are, by every question`,
    async t => {
      const { world, connection, ask, slept } = await openAsked(t, given)
      const questions: Record<string, () => Promise<unknown>> = {
        ask: () => ask(),
        load: () => tool.load!('1', connection)
      }
      for (const [name, question] of Object.entries(questions)) {
        world.answer({ status: 401, body: '{"message":"onbekend"}' })
        await t.rejects(question(), { code: 'TOOL_UNAUTHORIZED' }, name)
        world.answer({ status: 429, body: '', headers: { 'retry-after': '7' } })
        await t.rejects(question(), { code: 'TOOL_BUSY', retryAfterMs: 7000 }, name)
        for (const answer of [
          { status: 503, body: '' },
          { status: 200, body: '' },
          { status: 200, body: '[]' },
          { status: 200, body: 'null' },
          { status: 200, body: '{}' },
          { status: 200, body: '{"message":"storing"}' },
          { status: 200, body: '<html>storing</html>' }
        ]) {
          world.answer(answer)
          await t.rejects(question(), { code: 'TOOL_UNREACHABLE' }, `${name} ${answer.body}`)
        }
        world.answer(undefined)
      }
      t.ok(slept.length < 10, 'and it is not asked without end')
    }
  )

  t.test(`${tool.name}: no pause outlasts the bridge`, async t => {
    const { world, connection } = await openAsked(t, given)
    for (let id = 1; id <= many; id += 1) world.hold(String(id), `2026-${id}`)
    const stopping = new AbortController()
    const reason = new BridgeError('TOOL_UNREACHABLE', 'the bridge is stopping')
    const clock = { ...connection.clock, sleep: async () => stopping.abort(reason) }

    const missed = tool.missed!(now, { ...connection, clock }, stopping.signal)
    await t.rejects(Array.fromAsync(missed), reason)
  })

  t.test(`${tool.name}: check proves the token, an invoice and its PDF, and tells what is wrong`, async t => {
    const { world, connection } = await openAsked(t, given)
    t.match(await tool.check!(null, connection), [{ ok: true }, { ok: true, what: 'invoice' }])
    world.hold('1', '2026-0117')
    const findings = await tool.check!(null, connection)
    t.match(findings, [{ ok: true }, { ok: true, what: 'invoice', found: /2026-0117/ }, { ok: true, what: 'PDF' }])
    t.notOk(findings.some(({ found }) => personal.some(text => found.includes(text))))
    world.answer({ status: 401, body: '' })
    t.match(await tool.check!(null, connection), [{ ok: false, found: /TOOL_UNAUTHORIZED/ }])
  })
}
