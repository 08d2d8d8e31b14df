// A real PostgreSQL for a test file: started once, with a database for each caller, and gone with the tests.

import t from 'tap'
import { type PostgresServer, startPostgresServer } from './postgres-server.ts'

export const startPostgres = (): Promise<PostgresServer> => startPostgresServer(t)
