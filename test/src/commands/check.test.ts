import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { samplePdf } from '../../../plugins/intake/sample.ts'
import type { SandboxOptions } from '../../../plugins/sandbox/sandbox.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { factuurbrug } from '../../command-line.ts'
import {
  customerId,
  openSandbox,
  operatorToken,
  secret,
  startBridge,
  temporaryFolder
} from '../../end-to-end/bridge-process.ts'
import { madeSecret, openMoneybird } from '../../fixtures/moneybird-api.ts'
import { openStripe } from '../../fixtures/stripe-api.ts'
import { serve } from '../../server.ts'

const now = () => systemClock.now()

const open = async (t: Test, env: Record<string, string> = {}, sandbox: Partial<SandboxOptions> = {}) => {
  const { url, handle: portal } = await openSandbox(t, { token: 'token', ...sandbox })
  const settings = {
    PORTAL_URL: url,
    PORTAL_TOKEN: 'token',
    SEND_NOTIFICATION: 'false',
    OPERATOR_TOKEN: operatorToken,
    INTAKE_SECRET: secret,
    DATA_DIR: join(temporaryFolder(t), 'new'),
    ...env
  }
  return {
    portal,
    settings,
    check: (...more: string[]) => factuurbrug(['check', ...more], { env: settings })
  }
}

t.test('what is nearly a setting is a note, and not right', async t => {
  const { check } = await open(t, { REVEIW: 'true' })

  t.match(await check(), {
    code: 0,
    stdout: /^note {2}settings: REVEIW is not a setting; did you mean REVIEW\? mode: live\n/
  })
})

t.test('it speaks Dutch to whoever wants that, and English to programs', async t => {
  const { check, settings } = await open(t, { REVEIW: 'true', LANGUAGE: 'nl' })

  const { stdout } = await check()
  t.match(stdout.split('\n'), [
    'NB    instellingen: REVEIW bestaat niet; bedoel je REVIEW? de controle staat uit, facturen gaan vanzelf',
    'ok    koppeling invoices: aan; webhooks gaan naar http://127.0.0.1:8080/webhooks/invoices',
    'ok    openbaar adres: http://127.0.0.1:8080',
    /^ok {4}administratie: \d+ MB vrij in /,
    `ok    portaal: ${settings.PORTAL_URL} neemt de sleutel aan, 0 facturen op de eerste pagina; er is alleen gelezen, niet geprobeerd te maken`,
    'ok    klanten: het portaal koppelt geen van de 3 zelf aan een boekhoudpakket',
    /^ok {4}klok: \d s (achter|voor) op het portaal$/,
    'ok    adressen van pdf’s: alleen openbare https-adressen worden opgehaald; probeer er een met --pdf <url>'
  ])
  t.match(await check('--json'), { stdout: /"what": "public address"/ })
  t.match(await check('--lang', 'fr'), { code: 2, stderr: /--lang: expected nl or en/ })
})

t.test('a set-up that is right is proven, and nothing is changed', async t => {
  const { portal, settings, check } = await open(t, { REVIEW: 'true' })

  const { code, stdout, stderr } = await check()

  t.strictSame({ code, stderr }, { code: 0, stderr: '' })
  const found = stdout.trimEnd().split('\n')
  t.match(found, [
    'ok    settings: all are right; mode: review, nothing is sent by itself',
    'ok    tool invoices: on; its webhooks go to http://127.0.0.1:8080/webhooks/invoices',
    'ok    public address: http://127.0.0.1:8080',
    /^ok {4}ledger: \d+ MB free in /,
    `ok    portal: ${settings.PORTAL_URL} takes the token, 0 invoices on its first page; read only: creating is not tried`,
    'ok    customers: the portal links none of 3 to a bookkeeping program itself',
    /^ok {4}clock: \d s (ahead of|behind) the portal$/,
    'ok    PDF addresses: only public https addresses are fetched; try one with --pdf <url>'
  ])
  t.equal(found.length, 8)
  t.strictSame(
    portal.requests.map(({ method }) => method),
    ['GET', 'GET'],
    'it only read'
  )
})

t.test('each sender that is told apart is one of the tools', async t => {
  const { check } = await open(t, {
    INTAKE_SENDERS: 'shop,books',
    INTAKE_SECRET: 'shop:a secret of the shop,books:a secret of the books'
  })

  const { code, stdout } = await check()

  t.equal(code, 0)
  t.match(
    stdout,
    /^ok {4}tool invoices: on; .*\/webhooks\/invoices\nok {4}tool invoices:books: on; .*\/webhooks\/invoices\n/m
  )
})

t.test('a list that the bridge could not read is told before it goes live', async t => {
  const { portal, check } = await open(t)
  const add = (count: number) => {
    for (let n = 0; n < count; n += 1)
      portal.add({ customerId, invoiceNumber: `N-${n}`, issuedAt: '2026-11-20', amount: '1.00' })
  }
  const listed = async () => {
    const { code, stdout } = await check()
    return [code, stdout.split('\n').filter(line => / list: /.test(line))]
  }
  add(9)
  portal.tellsNumbers = false
  t.strictSame(await listed(), [0, []], 'so few may lack their number')
  add(1)
  t.match(await listed(), [1, [/^FAIL +list: no invoice on its first page has a number/]])

  portal.tellsNumbers = true
  portal.list = 'one-page'
  t.strictSame(await listed(), [0, []], 'all stand on one page')
  add(6)
  t.match(await listed(), [1, [/^FAIL +list: its second page repeats the first/]])
  portal.list = 'whole'
  t.strictSame(await listed(), [0, []])
})

t.test('every finding stands beside the others, and one that fails makes the exit code 1', async t => {
  const { check } = await open(t, {
    PORTAL_TOKEN: 'wrong',
    INTAKE_SECRET: '',
    PUBLIC_URL: 'http://facturen.example',
    DATA_DIR: join(t.testdir({ file: '' }), 'file', 'data')
  })

  const { code, stdout } = await check('--json')

  t.equal(code, 1)
  t.match(JSON.parse(stdout), [
    { ok: true, what: 'settings', found: 'all are right; mode: live' },
    { ok: false, what: 'tools', found: /INTAKE_SECRET/ },
    { ok: false, what: 'public address', found: /not https/ },
    { ok: false, what: 'ledger', found: /DATA_DIR cannot be made: .*file is a file/ },
    { ok: false, what: 'portal', found: 'PORTAL_UNAUTHORIZED: the portal answered 401' },
    { ok: true, what: 'clock' },
    { ok: true, what: 'PDF addresses' }
  ])
})

t.test('customers that the portal links to a bookkeeping program itself are counted, and nothing is wrong', async t => {
  const customer = (n: number) => ({
    companyName: `Klant ${n}`,
    primaryEmail: `${n}@klant.example`,
    integration: n > 305 || n % 150 === 0 ? 'acumulus' : null
  })
  const customers = (count: number) => Array.from({ length: count }, (_, index) => customer(index + 1))
  const some = await open(t, {}, { customers: customers(150) })
  const many = await open(t, {}, { customers: customers(310), order: 'oldest' })

  t.match(await some.check(), {
    code: 0,
    stdout:
      /^note {2}customers: the portal links 1 of 150 to a bookkeeping program itself: .*may come in twice: let only one of the two bring them$/m
  })
  t.match(await many.check(), {
    code: 0,
    stdout: /^note {2}customers: the portal links 2 of the first 300 to /m
  })

  some.portal.list = 'one-page'
  t.match(await some.check(), {
    code: 1,
    stdout: /^FAIL {2}customers: its second page repeats the first/m
  })
})

t.test('a token that may not read customers is found', async t => {
  const { portal, check } = await open(t)
  portal.fault({ on: { call: 'customers' }, fault: '403' })

  t.match(await check(), {
    code: 1,
    stdout: /^FAIL {2}customers: PORTAL_UNAUTHORIZED: .* 403: reading needs the scope customers\.read$/m
  })
})

t.test('settings come first: without them there is nothing to prove', async t => {
  const { check } = await open(t, { PORTAL_TOKEN: '' })

  t.match(await check(), { code: 1, stdout: '', stderr: /^ {2}PORTAL_TOKEN: missing/m })
})

/** Two tools that answer, and what a person has set who uses both. */
const openTools = async (t: Test) => {
  const stripe = await openStripe(t, { now })
  const moneybird = await openMoneybird(t, now())
  const env = {
    STRIPE_API_KEY: stripe.key,
    STRIPE_API_URL: stripe.origin,
    STRIPE_WEBHOOK_SECRET: 'whsec_voorbeeldvoorbeeldvoorbeeld',
    MONEYBIRD_API_URL: moneybird.url,
    MONEYBIRD_API_TOKEN: moneybird.token,
    MONEYBIRD_ADMINISTRATION_ID: moneybird.administration,
    MONEYBIRD_WEBHOOK_SECRET: madeSecret,
    ALLOW_PRIVATE_ADDRESSES: 'true'
  }
  return { stripe, moneybird, env }
}

const failed = (stdout: string): string[] => stdout.match(/^FAIL.*$/gm) ?? []

t.test('each line says which tool it is about, and a missing secret is one line', async t => {
  const { stripe, moneybird, env } = await openTools(t)
  stripe.forbidden.add('customers')
  moneybird.forbidden.add('settings')
  const { check } = await open(t, {
    ...env,
    STRIPE_WEBHOOK_SECRET: '',
    PUBLIC_URL: 'https://brug.example'
  })

  const { stdout } = await check()

  t.match(stdout, /^ok {4}stripe last invoice: /m)
  t.match(stdout, /^ok {4}moneybird API token: /m)
  t.match(failed(stdout), [
    /^FAIL {2}moneybird webhook: TOOL_UNAUTHORIZED: \S+ refuses MONEYBIRD_API_TOKEN \(403\): this needs the scope settings; it says: forbidden$/,
    /^FAIL {2}stripe customers: TOOL_UNAUTHORIZED: \S+ refuses STRIPE_API_KEY \(403\): this needs read rights on Customers; it says: The provided key … does not have the required permissions\.$/,
    /^FAIL {2}stripe webhook: none is registered for https:\/\/brug\.example.*connect stripe/
  ])
  t.equal(failed(stdout).length, 3)
})

t.test('an address that no tool can reach is one line, and says what to set', async t => {
  const { env } = await openTools(t)
  for (const PUBLIC_URL of ['', 'http://brug.example', 'https://localhost', 'https://192.168.1.9']) {
    const { check } = await open(t, { ...env, PUBLIC_URL })

    const { code, stdout } = await check()

    t.equal(code, 1, PUBLIC_URL)
    t.match(failed(stdout), [/^FAIL {2}public address: moneybird, stripe cannot reach .*: set PUBLIC_URL/])
    t.equal(failed(stdout).length, 1, PUBLIC_URL)
  }
})

t.test('a secret that is missing beside a token or an address says which comes first', async t => {
  const { env } = await openTools(t)
  const local = await open(t, { ...env, MONEYBIRD_WEBHOOK_SECRET: '' })
  const keyless = await open(t, { STRIPE_API_URL: env.STRIPE_API_URL, PUBLIC_URL: 'https://brug.example' })

  t.match(failed((await local.check()).stdout), [
    /^FAIL {2}public address: /,
    /^FAIL {2}moneybird webhook: MONEYBIRD_WEBHOOK_SECRET is not set: set PUBLIC_URL, then run .*connect moneybird/
  ])
  t.match(failed((await keyless.check()).stdout), [
    /^FAIL {2}stripe webhook: STRIPE_WEBHOOK_SECRET is not set: set its API token, then run .*connect stripe/
  ])
})

t.test('what a start would refuse, a check refuses in the same words', async t => {
  const { settings } = await open(t, {
    PORTAL_URL: 'https://api.mijnklantportaal.nl/v1',
    STRIPE_TEST_MODE: 'true'
  })
  const [checked, served] = await Promise.all([
    factuurbrug(['check'], { env: settings }),
    factuurbrug(['serve'], { env: settings })
  ])

  t.match(checked, { code: 1, stdout: '', stderr: /^ {2}STRIPE_TEST_MODE: refused while PORTAL_URL is/m })
  t.strictSame(checked, served)
})

t.test('a clock that differs from the portal is found, whichever way', async t => {
  const page = JSON.stringify({ data: [], next_page_url: null })
  for (const [off, words] of [
    [-3600, /FAIL {2}clock: 3(59|60)\d s ahead of the portal; set the clock/],
    [3600, /FAIL {2}clock: 3(59|60)\d s behind the portal; set the clock/]
  ] as const) {
    const portal = await serve(t, (_request, response) => {
      response.setHeader('date', new Date(Date.now() + off * 1000).toUTCString())
      response.end(page)
    })
    const { check } = await open(t, { PORTAL_URL: `${portal.origin}/v1` })
    t.match(await check(), { code: 1, stdout: words })
  }

  const silent = await serve(t, (_request, response) => {
    response.sendDate = false
    response.end(page)
  })
  const { check } = await open(t, { PORTAL_URL: silent.origin })
  t.match(await check(), { code: 0, stdout: /^ok {4}clock: the portal does not send its time/m })
})

t.test('the address of a PDF can be tried, by the rules that will hold', async t => {
  const pdfs = await serve(t, (request, response) =>
    response.end(request.url === '/pdf' ? samplePdf('A-1') : '<p>log in')
  )
  const { check } = await open(t)
  const { settings, check: anywhere } = await open(t, { ALLOW_PRIVATE_ADDRESSES: 'true' })

  const [refused, fetched, noPdf] = await Promise.all([
    check('--pdf', `${pdfs.origin}/pdf`),
    anywhere('--pdf', `${pdfs.origin}/pdf`),
    (await open(t, { ALLOW_PRIVATE_ADDRESSES: 'true' })).check('--pdf', `${pdfs.origin}/login`)
  ])

  t.match(refused, { code: 1, stdout: /^FAIL {2}PDF addresses: PDF_ADDRESS_REFUSED: /m })
  t.match(fetched, { code: 0, stdout: /^ok {4}PDF addresses: any address.*this one is a PDF of \d+ bytes$/m })
  t.match(noPdf, { code: 1, stdout: /^FAIL {2}PDF addresses: PDF_NOT_A_PDF: /m })
  t.notOk(existsSync(join(settings.DATA_DIR, 'check')), 'nothing of it stays')
})

t.test('a ledger that a running bridge holds is fine', async t => {
  const { settings, check } = await open(t, { DATA_DIR: temporaryFolder(t) })
  await startBridge(t, settings)

  t.match(await check(), { code: 0, stdout: /^ok {4}ledger: /m })
})

t.test('a portal key that may not read is told the scope that it lacks', async t => {
  const { portal, check } = await open(t)
  portal.fault({ on: { call: 'list' }, fault: '403' })

  t.match(await check(), {
    code: 1,
    stdout: /^FAIL {2}portal: PORTAL_UNAUTHORIZED: .* 403: reading needs the scope invoices\.read$/m
  })
})

t.test('a portal that is not there fails, and its clock is not compared', async t => {
  const { check } = await open(t, { PORTAL_URL: 'http://127.0.0.1:9/v1' })

  t.match(await check(), {
    code: 1,
    stdout:
      /^FAIL {2}portal: PORTAL_UNREACHABLE: nothing listens at that address: ECONNREFUSED \(http:\/\/127\.0\.0\.1:9\/v1; the sandbox may not be running: `npm run sandbox` starts it\)\nok {4}clock: .*not compared$/m
  })
})

t.test('a mailbox beside another tool is a note: it brings the same invoices', async t => {
  const mailbox = {
    EMAIL_URL: 'imaps://127.0.0.1:1',
    EMAIL_USER: 'facturen@bakkerij.example',
    EMAIL_PASSWORD: 'wachtwoord',
    EMAIL_SUPPLIER_ID: '12345678'
  }
  const { check } = await open(t, { ...mailbox, STRIPE_WEBHOOK_SECRET: 'whsec_voorbeeldvoorbeeldvoorbeeld' })
  const alone = await open(t, mailbox)

  const { code, stdout } = await check()
  t.equal(code, 1)
  t.match(stdout, /^note {2}tool mailbox: brings what stripe may bring, too: equal facts are a duplicate/m)
  t.match(stdout, /^FAIL {2}mailbox login: TOOL_UNREACHABLE: 127\.0\.0\.1 is not asked, because .* private address/m)
  t.notMatch((await alone.check()).stdout, /^note/m)
})
