import t from 'tap'
import { factuurbrug } from '../../command-line.ts'
import { openHouse } from './fixtures.ts'

t.test('invoices are listed newest first, filtered and page by page', async t => {
  const { person, bring } = await openHouse(t)
  t.strictSame(await factuurbrug(['invoices'], person), { code: 0, stdout: 'No invoices.\n', stderr: '' })
  await bring('2026-1', 'delivered')
  await bring('2026-2', 'held', { amount: '-1.00', customerName: 'Bakkerij De Vos' })
  await bring('2026-3', 'dismissed', { amount: '0.00' })

  const [all, held, first, json, empty] = await Promise.all([
    factuurbrug(['invoices'], person),
    factuurbrug(['invoices', '--state', 'held', '--code', 'CREDIT_NOTE', '--tool', 'invoices'], person),
    factuurbrug(['invoices', '--limit', '2'], person),
    factuurbrug(['invoices', '--q', '2026-1', '--json'], person),
    factuurbrug(['invoices', '--q='], person)
  ])
  const cursor = /^More: add --cursor (\d+)$/m.exec(first.stdout)?.[1] ?? ''

  t.match(all, {
    code: 0,
    stdout: new RegExp(
      [
        '^number +state +code +amount +issued +tool +portal +customer',
        '2026-3 +dismissed +ZERO_AMOUNT +0\\.00 EUR +2026-11-20 +invoices +- +cst_bakkerijdevos1',
        '2026-2 +held +CREDIT_NOTE +-1\\.00 EUR +2026-11-20 +invoices +- +Bakkerij De Vos',
        '2026-1 +delivered +- +121\\.00 EUR +2026-11-20 +invoices +inv_\\w+ +cst_bakkerijdevos1\n$'
      ].join('\n')
    )
  })
  t.equal(held.stdout.split('\n').length, 3, 'the head, one invoice, the end')
  t.match((await factuurbrug(['invoices', '--limit', '2', '--cursor', cursor], person)).stdout, /\n2026-1 .*\n$/)
  t.match(JSON.parse(json.stdout), { invoices: [{ invoiceNumber: '2026-1' }], next: null })
  t.match(empty, { code: 2, stderr: '--q is empty\n' })
})
