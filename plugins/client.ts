// By what the sender of a request is counted: the network of its address, which stands in a header where a proxy writes
// one, and is the connection's own otherwise.

import { isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'
import { networkOf } from '../src/network/client-network.ts'

export type ClientOf = (request: FastifyRequest) => string

export const createClientOf =
  (trustProxyHeader: string | undefined): ClientOf =>
  request => {
    const told = trustProxyHeader === undefined ? undefined : request.headers[trustProxyHeader]
    return networkOf(typeof told === 'string' && isIP(told) !== 0 ? told : request.ip)
  }
