// A whole small Bluesky on this machine alone: directory, PDS and AppView. Prints one line of JSON when it stands; ends when its input closes.
import net from 'node:net'
import { setDefaultResultOrder } from 'node:dns'
import { createRequire } from 'node:module'

const listen = net.Server.prototype.listen // the packages listen on every interface
net.Server.prototype.listen = function (...given) {
  const first = given[0]
  if (typeof first === 'number' || /^\d+$/.test(first)) {
    return listen.call(this, { port: Number(first), host: '127.0.0.1' }, given.find((one) => typeof one === 'function'))
  }
  if (first && typeof first === 'object' && 'port' in first) given[0] = { ...first, host: '127.0.0.1' }
  return listen.apply(this, given)
}
setDefaultResultOrder('ipv4first')

// better-sqlite3 before 13, built with the headers of Node 24.19, aborts where what it made is collected outside of JavaScript (nodejs/node#65446)
const { Database, Statement } = createRequire(import.meta.url)('better-sqlite3/build/Release/better_sqlite3.node')
const kept = new Set()
const keep = (kind, act) => {
  const made = kind.prototype[act]
  kind.prototype[act] = function (...given) {
    const one = made.apply(this, given)
    kept.add(this).add(one)
    return one
  }
}
keep(Database, 'prepare')
keep(Statement, 'iterate')

const freePort = () =>
  new Promise((done) => {
    const free = net.createServer()
    free.listen(0, () => {
      const { port } = free.address()
      free.close(() => done(port))
    })
  })

const { TestPlc, TestPds, TestBsync, TestBsky, mockNetworkUtilities } = await import('@atproto/dev-env')
const dbPostgresUrl = process.env.DB_POSTGRES_URL
const plc = await TestPlc.create({})
const [pdsPort, bskyPort] = [await freePort(), await freePort()]
const bsync = await TestBsync.create({ apiKeys: ['bsync'], dbUrl: dbPostgresUrl, dbSchema: 'bsync' })
const bsky = await TestBsky.create({
  port: bskyPort, plcUrl: plc.url, pdsPort, bsyncApiKey: 'bsync', bsyncUrl: bsync.url,
  repoProvider: `ws://localhost:${pdsPort}`, dbPostgresSchema: 'appview', dbPostgresUrl,
})
bsync.ctx.dataplaneClients = [bsky.ctx.dataplane]
const pds = await TestPds.create({ port: pdsPort, didPlcUrl: plc.url, bskyAppViewUrl: bsky.url, bskyAppViewDid: bsky.ctx.cfg.serverDid })
mockNetworkUtilities(pds, bsky)
console.log(JSON.stringify({ pds: `http://127.0.0.1:${pdsPort}` }))

process.stdin.resume().on('end', () => process.exit(0))
