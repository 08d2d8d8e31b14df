import t from 'tap'
import { isSuppliers, plainId } from '../../../plugins/ubl/supplier.ts'

t.test('a number is the same, whatever is written around it', async t => {
  const same: [string, string][] = [
    ['87654321', '87654321'],
    ['87654321', '8765 4321'],
    ['KVK 87654321', '87654321'],
    ['NL:KVK:87654321', 'kvk-nummer 87654321'],
    ['NL876543210B01', 'nl8765.43.210.b01'],
    ['876543210B01', 'NL876543210B01'],
    ['BTW NL876543210B01', '876543210B01'],
    ['BE0123456789', 'BE 0123.456.789'],
    ['00000003876543210000', '0000 0003 8765 4321 0000']
  ]
  for (const [id, wanted] of same) t.equal(isSuppliers(['1', id], wanted), true, `${id} ${wanted}`)
})

t.test('an invoice of somebody else is not the user’s', async t => {
  const different: [string[], string][] = [
    [['87654322'], '87654321'],
    [['8765432'], '87654321'],
    [['087654321'], '87654321'],
    [['NL876543210B01'], 'NL876543210B02'],
    [['BE876543210'], 'NL876543210'],
    [[], '87654321'],
    [['87654321'], ''],
    [['', '-'], '-'],
    [['KVK'], 'KVK']
  ]
  for (const [ids, wanted] of different) t.equal(isSuppliers(ids, wanted), false, `${ids} ${wanted}`)
})

t.test('a number keeps its country', async t => {
  t.equal(plainId(' nl 8765.43.210.B01 '), 'NL876543210B01')
  t.equal(plainId('KvK: 8765 4321'), '87654321')
})
