import t from 'tap'
import { factuurbrug } from '../../command-line.ts'
import { until } from '../../end-to-end/bridge-process.ts'
import { openHouse } from './fixtures.ts'

t.test('a script can ask by the exit code whether something needs a person', async t => {
  const { bridge, portalUrl, person, bring } = await openHouse(t)
  await bring('A-1', 'delivered')

  t.match(await factuurbrug(['status'], person), {
    code: 0,
    stderr: '',
    stdout: new RegExp(
      `delivered +1\n.*\nNothing needs a person\\.\nPortal: ${portalUrl}\nTool invoices: on, webhooks to ${bridge.url}/webhooks/invoices\n`,
      's'
    )
  })

  await bring('A-2', 'held', { currency: 'USD' })
  t.match(await factuurbrug(['status'], person), {
    code: 1,
    stdout: /^1 need a person: factuurbrug invoices --state held$/m
  })
  const json = await factuurbrug(['status', '--json'], person)
  t.equal(json.code, 1)
  t.match(JSON.parse(json.stdout), { delivered: 1, held: 1, attention: 1, portal: { tokenRefused: false } })
})

t.test('a refused token is said, and exits 1', async t => {
  const { portal, bridge, person, bring } = await openHouse(t)
  portal.fault({ on: { call: 'create' }, fault: '401' })
  await bring('A-1', 'waiting')
  await until(
    () => bridge.api<{ portal: { tokenRefused: boolean } }>('GET', '/api/summary'),
    ({ portal }) => portal.tokenRefused,
    'the token is not refused'
  )

  t.match(await factuurbrug(['status'], person), { code: 1, stdout: /^Portal: .* \(refuses the token\)$/m })
})
