// The page in a real browser, as a person uses it: one Chromium, one bridge in review, one that is live, and the demo.

import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, BrowserContextOptions, Page, Response } from 'playwright-core'
import t, { type Test } from 'tap'
import { samplePdf } from '../../plugins/intake/sample.ts'
import { hasChromium, openChromium } from '../chromium.ts'
import { factuurbrugUp } from '../command-line.ts'
import { openWorld, token, type World } from '../plugins/page/world.ts'

if (!hasChromium) {
  t.comment('the package has a Chromium for Linux on x64 only')
  process.exit(0)
}

// Longer than anything here takes on a slow machine; nothing waits for it unless it fails.
const patienceMs = 60_000

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const browser: Browser = await openChromium()
t.teardown(() => browser.close())

const live = await openWorld(t, { TRUST_PROXY_HEADER: 'x-real-ip' })
const [customer] = [...live.customers]
let clients = 0

const openPage = async (
  t: Test,
  { address }: Pick<World, 'address'>,
  options: BrowserContextOptions = {}
): Promise<Page> => {
  clients += 1
  // Each person has an address of their own: one who guesses does not lock out the others.
  const context = await browser.newContext({
    baseURL: address,
    locale: 'en',
    extraHTTPHeaders: { 'x-real-ip': `10.0.0.${clients}` },
    ...options
  })
  t.teardown(() => context.close())
  context.setDefaultTimeout(patienceMs)
  const page = await context.newPage()
  page.on('pageerror', error => t.fail(error.message))
  page.on('console', message => {
    if (/Content Security Policy|Refused to/i.test(message.text())) t.fail(message.text())
  })
  return page
}

const logIn = async (page: Page, name = 'Sanne', given = token): Promise<void> => {
  await page.goto('/login')
  await page.fill('[name=name]', name)
  await page.fill('[name=token]', given)
  await page.click('main button')
}

const reaches = (page: Page, text: string): Promise<void> => page.locator('main', { hasText: text }).first().waitFor()

/** Held, because the portal does not know its customer. */
const hold = async (world: World, invoiceNumber: string): Promise<void> => {
  const fields = {
    customerRef: `K-${invoiceNumber}`,
    customerName: 'Bakkerij Zonder Naam',
    customerEmail: 'x@nergens.example'
  }
  await world.send({ invoiceNumber, ...fields })
}

t.test('the demo: from its address to the held sample delivered, in under a minute and without the README', async t => {
  const folder = t.testdir()
  const demo = await factuurbrugUp(t, ['demo'], { env: { TMPDIR: folder }, ready: /Ctrl-C ends it/ })
  const [, address = ''] = /^ {2}open (\S+)$/m.exec(demo.output()) ?? []
  const [, printedToken = ''] = /^ {2}log in with the token (\S+)$/m.exec(demo.output()) ?? []
  const page = await openPage(t, { address })

  const begun = performance.now()
  await page.goto('/')
  await page.fill('[name=name]', 'Sanne')
  await page.fill('[name=token]', printedToken)
  await page.click('main button')
  await page.click('a[href="/invoices/DEMO-0002"].button')
  await page.fill('[name=find]', 'De Vos')
  await page.click('#link ~ form button')
  await page.click('button:has-text("It is for Bakkerij De Vos")')
  // Nobody loads the page again: it hears of the delivery by itself.
  await page.locator('.badge.delivered').waitFor()
  const tookMs = performance.now() - begun

  t.comment(`${(tookMs / 1000).toFixed(1)} s from opening the address to "in the portal"`)
  t.ok(tookMs < 60_000)
  t.match(await page.textContent('.history'), /Goes on.*Is in the portal/s)
  const [, list = ''] = /^What the sandbox holds: (\S+)$/m.exec(demo.output()) ?? []
  const { invoices } = (await (await fetch(list)).json()) as { invoices: { invoiceNumber: string }[] }
  t.strictSame(
    invoices.map(({ invoiceNumber }) => invoiceNumber),
    ['DEMO-0001', 'DEMO-0002']
  )
  t.equal(await demo.end('SIGINT'), 0)
  t.strictSame(readdirSync(folder), [], 'and leaves nothing behind')
})

t.test('of a delivered invoice it shows what was sent, and what the portal holds with its payment link', async t => {
  const { companyName: customerName, primaryEmail: customerEmail } = customer ?? {}
  await live.send({ invoiceNumber: '2026-0042', customerRef: 'K-2026-0042', customerName, customerEmail })
  const page = await openPage(t, live)
  await logIn(page)
  await page.goto('/invoices/2026-0042')
  await page.locator('.badge.delivered').waitFor()
  t.match(await page.textContent('section:has(> #sent)'), new RegExp(`What was sent.*${customer?.id}.*€121\\.00`, 's'))
  await page.click('a:has-text("Ask the portal what it has now")')
  const there = page.locator('section:has(> #there)')
  await there.locator('a[rel=noreferrer]').waitFor()
  t.match(await there.textContent(), /€121\.00.*20 Nov 2026.*not yet/s)
})

t.test('what the portal bills its owner is asked for by a press', async t => {
  const page = await openPage(t, live, { locale: 'nl-NL' })
  await logIn(page)
  await page.click('nav a[href="/portal"]')
  await page.click('a:has-text("Vraag ze op bij het portaal")')
  await reaches(page, 'MKP-2025.0011')
  t.match(await page.textContent('tr:has-text("MKP-2025.0011")'), /12 mei 2025.*€\s24,20.*niet betaald/s)
})

t.test('a wrong token is told, and after ten the door is shut for that address alone', async t => {
  const page = await openPage(t, live)
  await logIn(page, 'Kees', 'guess')
  t.match(await page.textContent('[role=alert]'), /That is not the token/)
  for (let at = 2; at <= 11; at += 1) {
    await page.fill('[name=token]', 'guess')
    await page.click('main button')
  }
  t.match(await page.textContent('[role=alert]'), /Too many wrong tokens/)
  const other = await openPage(t, live)
  await logIn(other)
  t.equal(new URL(other.url()).pathname, '/')
})

t.test('a conflict is compared and resolved, without a script, by the keyboard alone', async t => {
  await hold(live, '2026-0050')
  await live.send({
    invoiceNumber: '2026-0050',
    customerRef: 'K-2026-0050',
    customerName: 'Bakkerij Zonder Naam',
    amount: '99.00'
  })
  const page = await openPage(t, live, { javaScriptEnabled: false, locale: 'nl-NL' })
  await logIn(page)
  await page.goto('/invoices/2026-0050')
  t.match(await page.textContent('.beside'), /€\s121,00.*€\s99,00/s)
  await page.keyboard.press('Tab')
  t.equal(await page.locator(':focus').textContent(), 'Naar de inhoud')
  const isAt = async () => (await page.locator(':focus').textContent())?.trim()
  for (let pressed = 0; pressed < 40 && (await isAt()) !== 'De andere nemen'; pressed += 1)
    await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await reaches(page, 'De andere gegevens gelden nu')
  t.match(await page.textContent('main'), /€\s99,00/)
})

t.test('a page that is open changes when somebody else acts, and leaves what one writes alone', async t => {
  await hold(live, '2026-0060')
  const page = await openPage(t, live)
  await logIn(page)
  await page.goto('/invoices/2026-0060')
  const badge = page.locator('.title .badge').first()
  t.equal(await badge.textContent(), 'needs you')
  const events = page.waitForResponse(/\/events\?/)
  await page.reload()
  await events
  await live.ledger.act('2026-0060', 'dismiss', Date.now())
  await page.locator('.title .badge.dismissed').waitFor()
})

t.test('what comes under the pointer of somebody who aims is not pressed before it can be seen', async t => {
  const page = await openPage(t, live)
  const lookAt = (invoiceNumber: string) => page.locator(`main a.button[href="/invoices/${invoiceNumber}"]`)
  await logIn(page)
  await page.clock.install()
  await hold(live, '2026-0061')
  await lookAt('2026-0061').waitFor()
  await page.goto('/')
  await page.clock.pauseAt(Date.now() + 60_000)
  const asked: string[] = []
  page.on('request', request => void (request.resourceType() === 'fetch' && asked.push(request.url())))
  const told = page.evaluate(
    `pressed = 0
    addEventListener('click', () => { pressed += 1 })
    new Promise(told => new EventSource(document.body.dataset.live).addEventListener('changed', () => told(true)))`
  )
  await lookAt('2026-0061').hover()
  const { x, y, width, height } = (await lookAt('2026-0061').boundingBox())!
  const middle = { clientX: x + width / 2, clientY: y + height / 2 }

  await hold(live, '2026-0062')
  t.ok(await told)
  t.strictSame(asked, [], 'the page stays as it is')
  await page.clock.runFor(1000)
  await lookAt('2026-0062').waitFor()
  await page.mouse.down()
  await page.mouse.up()
  t.equal(await page.evaluate('pressed'), 0)
  // Some browsers say of a key that it pressed the middle of the button.
  await page.locator('main h1').first().dispatchEvent('click', middle)
  t.equal(await page.evaluate('pressed'), 1, 'a key is pressed where the keyboard is')
  await page.clock.runFor(1000)
  await page.mouse.down()
  await page.mouse.up()
  await page.waitForURL(/2026-0062$/)
})

t.test('the PDF of a held invoice is replaced, and its history says by whom', async t => {
  await hold(live, '2026-0065')
  const page = await openPage(t, live)
  await logIn(page, 'Joke')
  await page.goto('/invoices/2026-0065')
  const beside = await page.locator('.pdf').boundingBox()
  t.ok((beside?.height ?? 0) > 400, 'there is room to read it')
  await page.click('summary')
  const buffer = samplePdf('a better one')
  await page.setInputFiles('[name=file]', { name: 'better.pdf', mimeType: 'application/pdf', buffer })
  await page.click('button:has-text("Replace it")')
  await reaches(page, 'The PDF is replaced')
  t.match(await page.textContent('.history'), /PDF replaced by Joke/)
})

t.test('an invoice that never arrived is found among the refused', async t => {
  await live.send({ invoiceNumber: '2026-0066', customerRef: 'K-1', amount: 'a hundred' })
  const page = await openPage(t, live, { locale: 'nl-NL' })
  await logIn(page)
  await page.click('nav a[href="/refused"]')
  await page.fill('[name=q]', '0066')
  await page.keyboard.press('Enter')
  await reaches(page, '2026-0066')
  t.match(await page.textContent('main article'), /Echt, maar onleesbaar.*amount/s)
})

const manyInReview = 200

t.test('two hundred in review are released at once, after their number was seen', async t => {
  const review = await openWorld(t, { REVIEW: 'true', WORKER_CONCURRENCY: '16' })
  const customerId = [...review.customers][0]?.id
  const pdf = samplePdf('one for all').toString('base64')
  const numbers = Array.from({ length: manyInReview }, (_, at) => `R-${at}`)
  await Promise.all(numbers.map(invoiceNumber => review.send({ invoiceNumber, customerId, pdf })))
  const page = await openPage(t, review)
  await logIn(page)
  t.match(await page.textContent('.mode'), /Review is on/)
  // The page hears of each that is held, and counts along.
  await page.getByRole('link', { name: `See all ${manyInReview}` }).click()
  await page.getByRole('link', { name: 'Send all that match' }).click()
  await page.getByRole('button', { name: `Yes, send ${manyInReview} invoices` }).click()
  await reaches(page, `${manyInReview} invoices go to the portal now`)
  await page.goto('/')
  await reaches(page, `All ${manyInReview} invoices of this month are in the portal`)
  t.equal(review.sandbox.invoices.filter(({ invoiceNumber }) => invoiceNumber.startsWith('R-')).length, manyInReview)
})

const paths = [
  '/',
  '/invoices',
  '/invoices/2026-0060',
  '/invoices/2026-0042?portal=asked',
  '/customers',
  '/refused',
  '/tools',
  '/portal?find=an&bills=1',
  '/customers?linked=true',
  '/customers/choose?tool=invoices&ref=K-2026-0042&find=an',
  '/together?word=dismiss'
]

t.test('no page breaks a rule of accessibility, in daylight or at night, nor is wider than a phone', async t => {
  await hold(live, '2026-0070')
  await live.send({ invoiceNumber: '2026-0070', customerRef: 'K-2026-0070', amount: '1000000.00' })
  const page = await openPage(t, live, { viewport: { width: 360, height: 740 } })
  for (const path of ['/login', '/invoices/none', ...paths, '/invoices/2026-0070']) {
    if (path !== '/login' && page.url().endsWith('/login')) await logIn(page)
    await page.goto(path)
    t.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), `${path} fits a phone`)
    await page.evaluate(axe)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      const rules = colorScheme === 'dark' ? '{ runOnly: ["color-contrast"] }' : '{}'
      const { violations } = (await page.evaluate(`axe.run(document, ${rules})`)) as {
        violations: { id: string; nodes: { html: string }[] }[]
      }
      t.strictSame(
        violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
        [],
        `${path} ${colorScheme}`
      )
    }
  }
})

t.test('the overview is small: everything that comes with it, over the wire', async t => {
  const page = await openPage(t, live)
  await logIn(page)
  // What still came for the page before would be counted too, and its body is gone with that page.
  await page.waitForURL(`${live.address}/`)
  // As for a person who was never here.
  const session = await page.context().newCDPSession(page)
  await session.send('Network.setCacheDisabled', { cacheDisabled: true })
  const answers: Response[] = []
  page.on('response', answer => void answers.push(answer))
  await page.goto('/', { waitUntil: 'load' })
  const parts = answers.filter(answer => !answer.url().includes('/events?'))
  const bytes = (await Promise.all(parts.map(answer => answer.body()))).reduce((sum, { length }) => sum + length, 0)
  t.ok(parts.length >= 3, 'page, style and script')
  t.comment(`${bytes} bytes`)
  t.ok(bytes < 60_000)
})

t.test('a page that a browser kept is loaded anew when somebody comes back to it', async t => {
  const page = await openPage(t, live)
  await logIn(page)
  await page.waitForURL(`${live.address}/`)
  await page.context().clearCookies()
  // What Safari does. The Chromium of the tests keeps no page.
  const comeBack = (persisted: boolean) =>
    page.evaluate(`void dispatchEvent(new PageTransitionEvent('pageshow', { persisted: ${persisted} }))`)
  await comeBack(false)
  t.equal(page.url(), `${live.address}/`, 'not when it is new')
  await comeBack(true)
  await page.waitForURL(/\/login/)
  t.ok(await page.isVisible('[name=token]'))
})

t.test('the language is switched, and stays', async t => {
  const page = await openPage(t, live)
  await logIn(page)
  await page.click('a[hreflang=nl]')
  await reaches(page, 'Onderweg')
  await page.goto('/invoices')
  t.equal(await page.getAttribute('html', 'lang'), 'nl')
})
