// `exobrain mcp` speaks over pipes, the conformance suite over HTTP: passes every message on as it is, a process a session.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';

// `spoil` may change what the server answers, to show that somebody notices.
export async function bridge(server, spoil = (message) => message) {
  const sessions = new Map();
  const children = new Set();

  async function open() {
    const child = new StdioClientTransport({ ...server, stderr: 'inherit' });
    const front = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => sessions.set(id, front),
    });
    child.onmessage = (message) => front.send(spoil(message)).catch(() => {}); // the client has gone
    front.onmessage = (message) => child.send(message);
    front.onclose = () => child.close();
    children.add(child);
    await child.start();
    await front.start();
    return front;
  }

  const http = createServer(async (request, response) => {
    const known = sessions.get(request.headers['mcp-session-id']);
    await (known ?? (await open())).handleRequest(request, response);
  });
  await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${http.address().port}/mcp`,
    close: async () => {
      await Promise.all([...children].map((child) => child.close()));
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}
