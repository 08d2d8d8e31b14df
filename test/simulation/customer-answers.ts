// Creates of customers that the portal answered, as far as the bridge has kept the answers: exactly the same may be asked
// for again only once a person has said `deliver`.

import type { Creation } from '../../src/core/customer.ts'

export interface CustomerAnswers {
  /** The ledger has kept an answer to it. */
  keep: (creation: Creation) => void
  /** It ends: an answer that comes after this is not kept. */
  end: (creation: Creation) => void
  /** Whether the same was asked for before, and answered. */
  has: (creation: Creation) => boolean
  /** A person says `deliver`. If nobody hears that this was kept, nothing is known any more. */
  lift: <T>(word: Promise<T>) => Promise<T>
  /** The ledger was put back. */
  clear: () => void
}

const fieldsOf = ({ fields }: Creation): string => JSON.stringify(fields)

export const createCustomerAnswers = (): CustomerAnswers => {
  const kept: { id: number; fields: string }[] = []
  const ended = new Set<number>()
  let words = 0

  return {
    keep(creation) {
      if (words === 0 && !ended.has(creation.id)) kept.push({ id: creation.id, fields: fieldsOf(creation) })
    },
    end: ({ id }) => void ended.add(id),
    has: creation => kept.some(({ id, fields }) => id < creation.id && fields === fieldsOf(creation)),
    async lift(word) {
      words += 1
      kept.splice(0)
      try {
        return await word
      } finally {
        words -= 1
      }
    },
    clear() {
      kept.splice(0)
      ended.clear()
    }
  }
}
