import t from 'tap'
import { factuurbrug } from '../../command-line.ts'
import { openSandbox } from '../../end-to-end/bridge-process.ts'

t.test('how a portal answers is told without a name or a number of what stands in it', async t => {
  const { handle: portal, url } = await openSandbox(t)
  for (let at = 1; at <= 17; at++)
    portal.add({
      customerId: 'cst_bakkerijdevos1',
      invoiceNumber: `SECRET-${100 + at}`,
      issuedAt: `2026-11-${10 + (at % 3)}`,
      amount: `${at}7.31`
    })
  const person = { env: { PORTAL_URL: url, PORTAL_TOKEN: 'token' } }

  const { code, stdout } = await factuurbrug(['portal', 'facts'], person)

  t.equal(code, 0)
  for (const line of [
    /^list of invoices +200, application\/json/m,
    /^page size +15$/m,
    /^second page +200, .*, 2 entries$/m,
    /^page beyond the end +200, .*, 0 entries$/m,
    /^order by invoiceNumber +falling$/m,
    /^order by issuedAt +none$/m,
    /^unknown invoice +404, .*, fields .*message/m,
    /^fields of an invoice +.*issuedAt \(9999-99-99\)/m,
    /^wrong token +\d+$/m,
    /^header .*limit.* +9+$/m
  ])
    t.match(stdout, line)
  t.notMatch(stdout, /SECRET|Vos|vos|cst_|inv_[a-z0-9]{4}|7\.31|2026/)
})

t.test('a portal that does not answer is said to', async t => {
  const person = { env: { PORTAL_URL: 'http://127.0.0.1:9/v1', PORTAL_TOKEN: 'token' } }

  t.match(await factuurbrug(['portal', 'facts'], person), { code: 1, stderr: /does not answer \(ECONNREFUSED\)/ })
})
