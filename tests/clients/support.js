// Starts the upstream and `exobrain serve` as processes of their own, on ports of the system's choice.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const exobrain = process.env.EXOBRAIN;
const upstream = process.env.EXOBRAIN_UPSTREAM;

function start(command, args, stderr) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', stderr] });
  const url = new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = /listening on (http:\S+)/.exec(line);
      if (found) resolve(found[1]);
    });
    child.on('exit', (status) => reject(new Error(`${command} ended with ${status}`)));
  });
  url.catch(() => {}); // an exit after the start is no failure
  const stop = () =>
    new Promise((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) return resolve();
      child.on('exit', resolve);
      child.kill('SIGKILL');
    });
  return { url, stop };
}

// A server in front of a scripted upstream, on a home of its own.
export class World {
  static async create({ settings = {}, models, providers }) {
    const world = new World();
    world.folder = mkdtempSync(join(tmpdir(), 'exobrain-clients-'));
    world.upstream = start(upstream, [], 'inherit');
    world.upstreamUrl = await world.upstream.url;
    const config = {
      ...settings,
      providers: providers ?? [{ name: 'up', type: 'openai', baseUrl: world.upstreamUrl, models, proxy: 'none' }],
    };
    writeFileSync(join(world.folder, 'config.json'), JSON.stringify(config));
    await world.serve();
    return world;
  }

  global() {
    return ['--config', join(this.folder, 'config.json'), '--home', join(this.folder, 'home')];
  }

  async serve() {
    const log = openSync(join(this.folder, 'server.log'), 'a');
    this.server = start(exobrain, [...this.global(), 'serve', '--listen', '127.0.0.1:0'], log);
    try {
      this.url = await this.server.url;
    } catch (failure) {
      throw new Error(`${failure.message}\n${readFileSync(join(this.folder, 'server.log'), 'utf8')}`);
    }
  }

  // Runs a command of the program on this home and gives its stdout.
  command(...args) {
    const result = spawnSync(exobrain, [...this.global(), ...args], { encoding: 'utf8' });
    if (result.status !== 0) throw new Error(`exobrain ${args.join(' ')}: ${result.status} ${result.stderr}`);
    return result.stdout;
  }

  async script(...behaviours) {
    const reply = await fetch(`${this.upstreamUrl}/control/script`, {
      method: 'POST',
      body: JSON.stringify({ behaviours }),
    });
    if (!reply.ok) throw new Error(await reply.text());
  }

  async requests() {
    return (await (await fetch(`${this.upstreamUrl}/control/log`)).json()).requests;
  }

  // How the last request to the upstream ended, once it has.
  async lastOutcome() {
    for (let tries = 0; tries < 100; ++tries) {
      const last = (await this.requests()).at(-1);
      if (last.outcome !== 'running') return last.outcome;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    return 'running';
  }

  async close() {
    await this.server?.stop();
    await this.upstream.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
