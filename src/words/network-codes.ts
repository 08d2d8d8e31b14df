// What the codes of the network mean, for an owner who has never seen one. The code stays, for whoever helps.

import type { Language } from './words.ts'

const meanings: Record<string, Record<Language, string>> = {
  ECONNREFUSED: { en: 'nothing listens at that address', nl: 'op dat adres luistert niets' },
  ECONNRESET: { en: 'the connection was broken off', nl: 'de verbinding werd verbroken' },
  ECONNABORTED: { en: 'the connection was broken off', nl: 'de verbinding werd verbroken' },
  EPIPE: { en: 'the connection was broken off', nl: 'de verbinding werd verbroken' },
  ETIMEDOUT: { en: 'no answer in time', nl: 'geen antwoord op tijd' },
  ENOTFOUND: { en: 'there is no address for that name', nl: 'bij die naam hoort geen adres' },
  EAI_AGAIN: {
    en: 'the address of that name cannot be looked up now',
    nl: 'het adres bij die naam is nu niet op te zoeken'
  },
  EHOSTUNREACH: { en: 'no way leads to that address', nl: 'dat adres is niet te bereiken' },
  ENETUNREACH: { en: 'this machine has no network there', nl: 'deze machine heeft daarheen geen netwerk' },
  EPROTO: { en: 'no secure connection came about', nl: 'er kwam geen beveiligde verbinding tot stand' },
  CERT_HAS_EXPIRED: { en: 'its certificate has expired', nl: 'het certificaat is verlopen' },
  CERT_NOT_YET_VALID: { en: 'its certificate is not valid yet', nl: 'het certificaat geldt nog niet' },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    en: 'its certificate is for another name',
    nl: 'het certificaat is voor een andere naam'
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: { en: 'its certificate is its own', nl: 'het certificaat is zelfgemaakt' },
  SELF_SIGNED_CERT_IN_CHAIN: {
    en: 'nobody known vouches for its certificate',
    nl: 'niemand die bekend is, staat in voor het certificaat'
  },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: {
    en: 'nobody known vouches for its certificate',
    nl: 'niemand die bekend is, staat in voor het certificaat'
  },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: {
    en: 'nobody known vouches for its certificate',
    nl: 'niemand die bekend is, staat in voor het certificaat'
  }
}

export const networkCodes = Object.keys(meanings)

const written = new RegExp(`\\b(?:${networkCodes.join('|')})\\b`, 'g')

/** The same sentence, with the meaning before each code. */
export const withMeanings = (language: Language, text: string): string =>
  text.replace(written, code => `${meanings[code]?.[language]}: ${code}`)
