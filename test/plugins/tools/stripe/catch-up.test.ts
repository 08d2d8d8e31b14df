import t from 'tap'
import { tool } from '../../../../plugins/tools/stripe/index.ts'
import type { UnreadEvent } from '../../../../src/tools/tool.ts'
import { type Asking, day, hold, type Json, log, now, openAsking } from '../../../fixtures/stripe.ts'

const never = new AbortController().signal

const missedBy = async ({ connection }: Asking, since: number): Promise<string[]> => {
  const told = await Array.fromAsync(tool.missed!(since, connection, never))
  return told.map(one => {
    if ('reason' in one) return one.reason
    if ('problem' in one) return `${one.sourceId} ${one.problem}`
    const { stage, invoice } = one
    return `${invoice.sourceId} ${invoice.paidAt === null ? stage : 'paid'}`
  })
}

t.test('everything since then, oldest first, over all pages', async t => {
  const asking = await openAsking(t)
  for (let index = 0; index < 250; index++) {
    log(asking, 'finalized', `evt_${index}`, now - day + index * 60_000, { id: `in_${index}` })
  }
  log(asking, 'finalized', 'evt_before', now - 2 * day, { id: 'in_before' })
  log(asking, 'created', 'evt_other', now - 1000)

  const found = await missedBy(asking, now - day)

  t.strictSame(
    found,
    Array.from({ length: 250 }, (_, index) => `in_${index} final`)
  )
  t.equal(asking.stripe.requests.length, 3)
  t.match(asking.stripe.requests[0], /types\[\]=invoice.finalized&types\[\]=invoice.paid/)
  t.notMatch(asking.stripe.requests.join(), /delivery_success/)
})

t.test('of several events about one invoice the furthest counts, in any order', async t => {
  const asking = await openAsking(t)
  const at = now - 3_600_000
  log(asking, 'paid', 'evt_1', at, { id: 'in_1' })
  log(asking, 'finalized', 'evt_2', at + 1000, { id: 'in_1' })
  log(asking, 'voided', 'evt_3', at + 2000, { id: 'in_2' })
  log(asking, 'paid', 'evt_4', at + 3000, { id: 'in_2' })
  log(asking, 'finalized', 'evt_5', at + 4000, { id: 'in_3' })
  log(asking, 'finalized', 'evt_6', at + 5000, { id: 'in_3', number: 'newer' })

  t.strictSame(await missedBy(asking, now - day), ['in_1 paid', 'in_2 voided', 'in_3 final'])
  const [, , third] = await Array.fromAsync(tool.missed!(now - day, asking.connection, never))
  t.match(third, { invoice: { invoiceNumber: 'newer' } })
})

t.test('what another mode or account did stays out', async t => {
  const asking = await openAsking(t)
  log(asking, 'test-mode', 'evt_1', now - 1000, { id: 'in_1' })
  log(asking, 'connected-account', 'evt_2', now - 1000, { id: 'in_2' })
  hold(asking, { id: 'in_3', livemode: false, created: now / 1000 - 40 * 86_400 })

  t.strictSame(await missedBy(asking, now - 60 * day), [])
})

t.test('what the event log forgot is found by listing, though its draft was old', async t => {
  const asking = await openAsking(t)
  const ago = (days: number) => now / 1000 - days * 86_400
  const held = (id: string, created: number, final: number | null, more: Json = {}, paid: number | null = null) =>
    hold(asking, { id, created, ...more, status_transitions: { finalized_at: final, paid_at: paid } })
  held('in_old_draft', ago(300), ago(45))
  held('in_new', ago(50), ago(49))
  held('in_before', ago(90), ago(80))
  held('in_paid_since', ago(89), ago(80), { status: 'paid' }, ago(50))
  held('in_voided', ago(88), ago(80), { status: 'void' })
  held('in_still_draft', ago(40), null, { status: 'draft', number: null })
  held('in_timeless', ago(41), null)
  log(asking, 'finalized', 'evt_1', now - 10 * day, { id: 'in_logged' })

  t.strictSame(await missedBy(asking, now - 60 * day), [
    'in_old_draft final',
    'in_paid_since paid',
    'in_voided voided',
    'in_new final',
    'in_timeless final',
    'in_logged final'
  ])
})

t.test('a gap of a month leaves no second out between the list and the log', async t => {
  const asking = await openAsking(t)
  const edge = now - 29 * day
  hold(asking, {
    id: 'in_1',
    created: edge / 1000 - 1,
    status_transitions: { finalized_at: edge / 1000 - 1 }
  })
  log(asking, 'finalized', 'evt_2', edge, { id: 'in_2' })
  log(asking, 'finalized', 'evt_3', edge + day, { id: 'in_3' })
  log(asking, 'finalized', 'evt_4', now + 5000, { id: 'in_4' })

  t.strictSame(await missedBy(asking, now - 31 * day), ['in_1 final', 'in_2 final', 'in_3 final', 'in_4 final'])
  t.strictSame(await missedBy(asking, edge), ['in_2 final', 'in_3 final', 'in_4 final'])
})

t.test('one that cannot be read is told as the event that would bring it, among the others', async t => {
  const asking = await openAsking(t)
  log(asking, 'finalized', 'evt_1', now - 2000, { id: 'in_1', total: 'veel' })
  log(asking, 'finalized', 'evt_2', now - 1000, { id: 'in_2' })
  hold(asking, { id: 'in_3', created: now / 1000 - 40 * 86_400, currency: null })

  const found = await Array.fromAsync(tool.missed!(now - 50 * day, asking.connection, never))

  t.strictSame(
    found.map(one => ('invoice' in one ? one.invoice.sourceId : (one as UnreadEvent).sourceId)),
    ['in_3', 'in_1', 'in_2']
  )
  for (const one of found) {
    if (!('problem' in one)) continue
    const { body, problem, sourceId } = one
    t.match(problem, /^data\.object\.(total|currency): /)
    t.strictSame(
      tool.read(body, asking.connection),
      { kind: 'unreadable', problem, sourceId },
      'as a webhook brings it'
    )
  }
  const mended = (found[0] as UnreadEvent).body.toString().replace('"currency":null', '"currency":"eur"')
  t.match(tool.read(Buffer.from(mended), asking.connection), { invoices: [{ invoice: { currency: 'EUR' } }] })
})

t.test('a list that is none, or that leads nowhere, ends with its code', async t => {
  const { connection } = await openAsking(t)
  const answering = (json: unknown) => ({
    ...connection,
    api: { ask: async () => ({ status: 200, headers: {}, json }) }
  })
  const ask = (json: unknown) => Array.fromAsync(tool.missed!(now - day, answering(json), never))

  await t.rejects(ask({ error: {} }), { code: 'TOOL_UNREACHABLE' })
  await t.rejects(ask({ data: [], has_more: true }), { code: 'TOOL_UNREACHABLE' })
  await t.rejects(ask({ data: [{ id: 'evt_1' }], has_more: true }), {
    code: 'TOOL_UNREACHABLE',
    message: /pages/
  })
})

t.test('a pause that Stripe asks for is passed on', async t => {
  const asking = await openAsking(t)
  asking.stripe.busy = 1

  await t.rejects(missedBy(asking, now - day), { code: 'TOOL_BUSY' })
})
