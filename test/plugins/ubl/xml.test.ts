import t from 'tap'
import { readXml } from '../../../plugins/ubl/xml.ts'

const read = (xml: string, ...paths: string[]) =>
  readXml(Buffer.from(xml), {
    isWanted: ({ local }) => local === 'a',
    prefixes: new Map([['urn:n', 'n']]),
    paths: new Set(paths)
  })

const head = '<a xmlns="urn:n">'

t.test('what is on the wanted paths is read, by whatever prefix, and nothing else', async t => {
  const { elements, problem } = read(
    `<x:a xmlns:x="urn:n"><x:b k="v">1 &lt; 2</x:b><b>no namespace</b><x:c><x:b>deeper</x:b></x:c>
     <x:b>3<![CDATA[ & 4]]><x:i>inner</x:i></x:b><b xmlns="urn:other">another</b></x:a>`,
    'n:b'
  )

  t.equal(problem, null)
  t.strictSame(elements('n:b'), [
    { text: '1 < 2', attributes: { k: 'v' } },
    { text: '3 & 4', attributes: {} }
  ])
  t.strictSame(elements('n:c/n:b'), [])
})

t.test('text is whole, wherever the pieces are cut', async t => {
  const text = `${'x'.repeat(4095)}€😀`.repeat(20)

  t.equal(read(`${head}<b>${text}</b></a>`, 'n:b').elements('n:b')[0]?.text, text)
})

t.test('what breaks keeps what was read before, and cites nothing', async t => {
  const broken = [
    '<c>',
    '<c></d></a>',
    '&secret;</a>',
    '<c d=1/></a>',
    '<u:c/></a>',
    '</a><a/>',
    '</a>text',
    '<c d="1" d="2"/></a>',
    '\u0001</a>'
  ]
  for (const rest of broken) {
    const { elements, problem } = read(`${head}<b>1</b>${rest}`, 'n:b')
    t.equal(problem, 'expected well-formed XML', rest)
    t.equal(elements('n:b')[0]?.text, '1')
  }
  for (const none of ['', ' ', 'none', '%PDF-1.7', '{"a":1}']) t.not(read(none).problem, null, none)
})

t.test('no document type is read, so that no entity grows and nothing outside is fetched', async t => {
  const bomb = '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]>'
  const outside = '<!DOCTYPE a SYSTEM "http://localhost/a.dtd" [<!ENTITY c SYSTEM "file:///etc/hostname">]>'
  for (const doctype of [bomb, outside, '<!DOCTYPE a>'])
    t.equal(read(`${doctype}${head}<b>1</b></a>`).problem, 'expected no document type')
  t.equal(read(`${bomb}${head}<b>&c;</b></a>`).problem, 'expected well-formed XML', 'none is known')
})

t.test('a file that is not wanted is read no further than its root', async t => {
  t.match(read('<html><not well-formed'), { root: { namespace: '', local: 'html' }, problem: null })
  t.match(read('<!DOCTYPE html><html><p>'), { root: { local: 'html' }, problem: null })
})

const megabytes = 5 * 1024 * 1024
// A limit is reached long before these repeat themselves.
const repeated = (text: (n: number) => string) => {
  const some = Array.from({ length: 1000 }, (_, n) => text(n)).join('')
  return some.repeat(megabytes / some.length)
}

t.test('whatever fills five megabytes costs little time and little memory', async t => {
  const files: [string, string, string | null][] = [
    ['an entity a thousand times', `<!DOCTYPE a [${repeated(n => `<!ENTITY e${n} "xxxxxx">`)}]>${head}</a>`, 'element'],
    ['a comment before it', `<!--${'x'.repeat(megabytes)}-->${head}</a>`, 'element'],
    ['levels', `${head}${'<a>'.repeat(megabytes / 3)}`, 'levels'],
    ['levels, each with a namespace', head + repeated(n => `<x${n}:a xmlns:x${n}="urn:${n}">`), 'levels'],
    ['attributes', `${head}<b ${repeated(n => `c${n}="" `)}/></a>`, 'attributes'],
    ['namespaces', `${head}<b ${repeated(n => `xmlns:c${n}="u" `)}/></a>`, 'attributes'],
    ['one attribute', `${head}<b c="${'x'.repeat(megabytes)}"/></a>`, null],
    ['elements', `${head}${'<c/>'.repeat(megabytes / 4)}</a>`, 'elements'],
    ['wanted elements', `${head}${'<b>1</b>'.repeat(100_000)}</a>`, null],
    ['entities', `${head}<b>${'&lt;'.repeat(megabytes / 4)}</b></a>`, null],
    ['text', `${head}<b>${'x'.repeat(megabytes)}</b></a>`, null]
  ]
  for (const [what, xml, limit] of files) {
    const start = process.cpuUsage()
    const { problem, elements } = read(xml, 'n:b')
    const { user, system } = process.cpuUsage(start)
    if (limit === null) t.equal(problem, null, what)
    else t.match(problem, limit, what)
    t.ok(elements('n:b').length <= 50, what)
    // What grew with the square of it would take hours, and no machine is so slow.
    t.ok(user + system < 20_000_000, `${what}: ${Math.round((user + system) / 1000)} ms`)
  }
})
