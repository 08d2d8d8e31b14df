import t from 'tap'
import { secrets } from '../../../plugins/intake/secrets.ts'

const whsec = `whsec_${Buffer.alloc(24, 7).toString('base64')}`

const read = (text: string | undefined) => {
  const { data, error } = secrets.safeParse(text)
  return { data, messages: error?.issues.map(issue => issue.message) }
}

t.test('one secret, or several with commas between them', async t => {
  t.strictSame(read(whsec).data, [whsec])
  t.strictSame(read('sixteen letters!').data, ['sixteen letters!'])
  t.strictSame(read(` ${whsec} , another long secret,`).data, [whsec, 'another long secret'])
  t.strictSame(read(`whsec_${Buffer.alloc(16).toString('base64')}`).data?.length, 1, 'sixteen bytes are enough')
  t.strictSame(read(whsec.replace(/=+$/, '')).data?.length, 1, 'padding may be missing')
})

t.test('a pasted signature is named as what it is', async t => {
  for (const text of [`v1,${whsec}`, `another long secret,v1,${whsec}`, 'v1a,whsk_AAAA']) {
    t.strictSame(read(text).messages, ['starts with v1,: copy only the part from whsec_ on'])
  }
})

t.test('a secret that can not work stops the start, and is not repeated', async t => {
  const wrong = [
    '',
    ',',
    'fifteen letters',
    'whsec_',
    'whsec_not base64, at all',
    `whsec_${Buffer.alloc(15).toString('base64')}`,
    `${whsec}A`,
    `${whsec}=`,
    `${whsec.slice(0, 20)}-${whsec.slice(21)}`,
    `whpk_${Buffer.alloc(32).toString('base64')}`,
    `whsk_${Buffer.alloc(64).toString('base64')}`
  ]

  for (const text of wrong) {
    const { data, messages } = read(text)
    t.equal(data, undefined, text)
    t.equal(messages?.length, 1)
    if (text.length > 6) t.notOk(messages?.[0]?.includes(text.slice(0, 12)))
  }
  t.equal(read(undefined).data, undefined)
})

t.test('of several secrets, the wrong one is pointed at', async t => {
  t.match(read(`${whsec},short`).messages, [/^secret 2 of 2: /])
})
