'use strict';
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const texts = {
    en: {files: 'Files', code: 'Lines of code', functions: 'Functions', findings: 'Findings', duplicated: 'Duplicated',
      languages: 'Languages', map: 'Map', mapHint: 'Area: lines of code. Colour: cyclomatic complexity for each 100 lines. Click a file to see it in the table.',
      low: 'simple', high: 'complex', none: 'no functions', duplicates: 'Duplicates', hotspots: 'Hotspots', hotFunctions: 'Hot functions', coupling: 'Changed together', skipped: 'Skipped',
      path: 'File', language: 'Language', comment: 'Comment', blank: 'Blank', sum: 'Complexity', most: 'Highest', name: 'Name', line: 'Line', lines: 'Lines',
      ccn: 'Cyclomatic', cognitive: 'Cognitive', nesting: 'Nesting', parameters: 'Parameters', severity: 'Severity', rule: 'Rule', message: 'Message', place: 'Place',
      kind: 'Kind', kinds: {programming: 'Code', markup: 'Markup', data: 'Data', prose: 'Prose'}, other_lines: 'Markup, data, prose',
      tokens: 'Tokens', places: 'Places', score: 'Score', revisions: 'Revisions', complexity: 'Complexity', owner: 'Most by', authors: 'Authors',
      shared: 'Shared commits', degree: 'Degree', other: 'Other file', reason: 'Reason', filter: 'Filter', shown: (a, b) => a + ' of ' + b, more: 'Show more', empty: 'Nothing here.',
      sev: ['error', 'warning', 'note'], suppressed: 'suppressed: ', renamed: 'names differ', theme: 'Dark', themeBack: 'Light', other_language: '中文',
      made: (v, s) => 'ExoBrain ' + v + ', ' + s.toFixed(2) + ' s', all: 'The list holds the first ', ofAll: ' of ', per: 'per 100 lines'},
    zh: {files: '文件', code: '代码行', functions: '函数', findings: '问题', duplicated: '重复率',
      languages: '语言', map: '代码地图', mapHint: '面积表示代码行数，颜色表示每百行圈复杂度。点击文件可在表格中定位。',
      low: '简单', high: '复杂', none: '无函数', duplicates: '重复代码', hotspots: '热点', hotFunctions: '热点函数', coupling: '共同修改', skipped: '已跳过',
      path: '文件', language: '语言', comment: '注释', blank: '空行', sum: '复杂度', most: '最高', name: '名称', line: '行', lines: '行数',
      ccn: '圈复杂度', cognitive: '认知复杂度', nesting: '嵌套', parameters: '参数', severity: '级别', rule: '规则', message: '说明', place: '位置',
      kind: '类别', kinds: {programming: '代码', markup: '标记', data: '数据', prose: '文档'}, other_lines: '标记、数据与文档',
      tokens: '词元', places: '处数', score: '得分', revisions: '修改次数', complexity: '复杂度', owner: '主要作者', authors: '作者数',
      shared: '共同提交', degree: '耦合度', other: '另一文件', reason: '原因', filter: '筛选', shown: (a, b) => a + ' / ' + b, more: '显示更多', empty: '没有内容。',
      sev: ['错误', '警告', '提示'], suppressed: '已忽略：', renamed: '名称不同', theme: '深色', themeBack: '浅色', other_language: 'English',
      made: (v, s) => 'ExoBrain ' + v + '，' + s.toFixed(2) + ' 秒', all: '列表包含前 ', ofAll: ' 项，共 ', per: '每百行'}
  };
  const hash = new URLSearchParams(location.hash.slice(1));
  let lang = hash.get('lang') || ((navigator.language || 'en').toLowerCase().startsWith('zh') ? 'zh' : 'en');
  if (!texts[lang]) lang = 'en';
  let theme = hash.get('theme') || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
  let tab = hash.get('tab') || 'findings';
  const state = {};
  const t = () => texts[lang];
  const number = (n) => n.toLocaleString(lang === 'zh' ? 'zh-CN' : 'en-US');

  const el = (tag, attributes, ...children) => {
    const made = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (key === 'on') Object.entries(value).forEach(([event, f]) => made.addEventListener(event, f));
      else if (value !== null && value !== undefined) made.setAttribute(key, value);
    }
    for (const child of children) if (child !== null && child !== undefined) made.append(child);
    return made;
  };
  const file = (i) => data.files[i] ? data.files[i][0] : '';
  const code = (text) => el('code', null, text);

  // key, heading, number?, value to sort by, cell; the first column of a table is what it is sorted by at first.
  const tables = {
    findings: {rows: data.findings, total: data.findingsTotal, columns: [
      ['severity', false, (r) => -r[0] - (r[8] ? 3 : 0), (r) => el('span', {class: 'sev s' + r[0]}, t().sev[r[0]])],
      ['place', false, (r) => file(r[2]) + ':' + String(r[3]).padStart(7, '0'), (r) => code(file(r[2]) + ':' + r[3])],
      ['message', false, (r) => r[5], (r) => {
        const rule = data.rules[r[1]];
        const box = el('span', null, lang === 'zh' && r[6] ? r[6] : r[5]);
        if (r[8]) box.append(el('small', null, t().suppressed + r[8]));
        if (rule) box.append(el('small', null, lang === 'zh' ? rule[3] : rule[2]));
        return box;
      }],
      ['rule', false, (r) => r[1], (r) => el('span', null, code(r[1]), r[7] ? el('small', null, r[7]) : null)]]},
    files: {rows: data.files, total: data.files.length, columns: [
      ['code', true, (r) => r[2], (r) => number(r[2])],
      ['path', false, (r) => r[0], (r) => code(r[0])],
      ['language', false, (r) => r[1], (r) => r[1]],
      ['comment', true, (r) => r[3], (r) => number(r[3])],
      ['blank', true, (r) => r[4], (r) => number(r[4])],
      ['functions', true, (r) => r[5], (r) => number(r[5])],
      ['sum', true, (r) => r[6], (r) => number(r[6])],
      ['most', true, (r) => r[7], (r) => number(r[7])],
      ['findings', true, (r) => r[8], (r) => number(r[8])]], order: [1, 2, 0, 3, 4, 5, 6, 7, 8]},
    functions: {rows: data.functions, total: data.functionsTotal, columns: [
      ['ccn', true, (r) => r[4], (r) => number(r[4])],
      ['name', false, (r) => r[0], (r) => code(r[0])],
      ['place', false, (r) => file(r[1]) + ':' + String(r[2]).padStart(7, '0'), (r) => code(file(r[1]) + ':' + r[2])],
      ['cognitive', true, (r) => r[5], (r) => number(r[5])],
      ['nesting', true, (r) => r[6], (r) => number(r[6])],
      ['lines', true, (r) => r[3], (r) => number(r[3])],
      ['parameters', true, (r) => r[7], (r) => number(r[7])]], order: [1, 2, 0, 3, 4, 5, 6]},
    duplicates: {rows: data.duplicates, total: data.duplicatesTotal, columns: [
      ['lines', true, (r) => r[0], (r) => number(r[0])],
      ['tokens', true, (r) => r[1], (r) => number(r[1])],
      ['places', true, (r) => r[3], (r) => number(r[3])],
      ['path', false, (r) => r[4].map((p) => p[0]).join(' '), (r) => {
        const box = el('span', null);
        r[4].slice(0, 8).forEach((p) => box.append(el('div', null, code(p[0] + ':' + p[1] + '–' + p[2]))));
        if (r[3] > 8) box.append(el('small', null, '+ ' + number(r[3] - 8)));
        if (r[2]) box.append(el('small', null, t().renamed));
        return box;
      }]]},
    hotspots: {rows: data.hotspots, total: data.hotspots.length, columns: [
      ['score', true, (r) => r[1], (r) => r[1].toFixed(2)],
      ['path', false, (r) => r[0], (r) => code(r[0])],
      ['revisions', true, (r) => r[2], (r) => number(r[2])],
      ['complexity', true, (r) => r[3], (r) => number(r[3])],
      ['owner', false, (r) => r[4], (r) => r[4] + ' (' + Math.round(r[5] * 100) + '%)'],
      ['authors', true, (r) => r[6], (r) => number(r[6])]], order: [1, 0, 2, 3, 4, 5]},
    hotFunctions: {rows: data.hotFunctions, total: data.hotFunctions.length, columns: [
      ['score', true, (r) => r[3], (r) => r[3].toFixed(2)],
      ['name', false, (r) => r[0], (r) => code(r[0])],
      ['place', false, (r) => r[1], (r) => code(r[1] + ':' + r[2])],
      ['revisions', true, (r) => r[4], (r) => number(r[4])],
      ['complexity', true, (r) => r[5], (r) => number(r[5])]], order: [1, 2, 0, 3, 4]},
    coupling: {rows: data.coupling, total: data.coupling.length, columns: [
      ['shared', true, (r) => r[2], (r) => number(r[2])],
      ['path', false, (r) => r[0], (r) => code(r[0])],
      ['other', false, (r) => r[1], (r) => code(r[1])],
      ['degree', true, (r) => r[3], (r) => Math.round(r[3] * 100) + '%']], order: [1, 2, 0, 3]},
    languages: {rows: data.languages, total: data.languages.length, columns: [
      ['lines', true, (r) => r[2], (r) => number(r[2])],
      ['language', false, (r) => r[0], (r) => r[0]],
      ['kind', false, (r) => t().kinds[r[5]] || r[5], (r) => t().kinds[r[5]] || r[5]],
      ['files', true, (r) => r[1], (r) => number(r[1])],
      ['comment', true, (r) => r[3], (r) => number(r[3])],
      ['blank', true, (r) => r[4], (r) => number(r[4])]], order: [1, 2, 3, 0, 4, 5]},
    skipped: {rows: data.skipped, total: data.skipped.length, columns: [
      ['path', false, (r) => r[0], (r) => code(r[0])],
      ['reason', false, (r) => r[1], (r) => r[1]]], ascending: true}
  };
  const pathColumns = new Set(['path', 'place', 'other', 'name']);

  const chosen = (name) => {
    const table = tables[name];
    const now = state[name] || (state[name] = {column: 0, down: !table.ascending, filter: '', shown: 200});
    const words = now.filter.toLowerCase().split(/\s+/).filter(Boolean);
    const columns = table.columns;
    let rows = table.rows;
    if (words.length)
      rows = rows.filter((r) => {
        const text = columns.map((c) => c[2](r)).join(' ').toLowerCase() + (name === 'findings' ? ' ' + t().sev[r[0]] + ' ' + r[6] : '');
        return words.every((w) => text.includes(w));
      });
    const value = columns[now.column][2];
    const sign = now.down ? -1 : 1;
    rows = rows.map((r, i) => [value(r), i, r]).sort((a, b) => (a[0] < b[0] ? -sign : a[0] > b[0] ? sign : a[1] - b[1])).map((x) => x[2]);
    return rows;
  };

  const showTable = (place, name) => {
    const table = tables[name];
    const rows = chosen(name);
    const now = state[name];
    const order = table.order || table.columns.map((_, i) => i);
    const head = el('tr', null);
    for (const i of order) {
      const column = table.columns[i];
      const sort = i === now.column ? (now.down ? 'descending' : 'ascending') : null;
      head.append(el('th', {class: column[1] ? 'n' : null, 'aria-sort': sort, scope: 'col'}, el('button', {on: {click: () => {
        if (now.column === i) now.down = !now.down; else { now.column = i; now.down = column[1]; }
        showTable(place, name);
      }}}, t()[column[0]])));
    }
    const body = el('tbody', null);
    for (const row of rows.slice(0, now.shown)) {
      const line = el('tr', null);
      for (const i of order) {
        const column = table.columns[i];
        line.append(el('td', {class: column[1] ? 'n' : pathColumns.has(column[0]) ? 'path' : null}, column[3](row)));
      }
      body.append(line);
    }
    const parts = [];
    if (rows.length) parts.push(el('div', {class: 'wide'}, el('table', null, el('thead', null, head), body)));
    else parts.push(el('p', {class: 'empty'}, t().empty));
    if (rows.length > now.shown)
      parts.push(el('button', {class: 'more', on: {click: () => { now.shown += 500; showTable(place, name); }}}, t().more));
    if (table.total > table.rows.length)
      parts.push(el('p', {class: 'hint'}, t().all + number(table.rows.length) + t().ofAll + number(table.total)));
    place.replaceChildren(...parts);
    const count = document.getElementById('count');
    if (count) count.textContent = t().shown(number(Math.min(rows.length, now.shown)), number(rows.length));
  };

  // Squarified treemap (Bruls, Huizing, van Wijk 2000) over the folders.
  const tree = () => {
    const root = {name: '', size: 0, kids: new Map()};
    data.files.forEach((f, i) => {
      if (f[2] <= 0) return;
      let at = root;
      at.size += f[2];
      const parts = f[0].split('/');
      parts.forEach((part, depth) => {
        const leaf = depth === parts.length - 1;
        const key = leaf ? '/' + part : part;
        let next = at.kids.get(key);
        if (!next) at.kids.set(key, next = {name: part, size: 0, kids: new Map(), file: leaf ? i : -1});
        next.size += f[2];
        at = next;
      });
    });
    return root;
  };
  const worst = (row, side, scale) => {
    let sum = 0, most = 0, least = Infinity;
    for (const n of row) { const a = n.size * scale; sum += a; most = Math.max(most, a); least = Math.min(least, a); }
    const s2 = sum * sum, w2 = side * side;
    return Math.max(w2 * most / s2, s2 / (w2 * least));
  };
  const lay = (node, x, y, w, h, depth, out) => {
    if (node.file >= 0) { out.push({file: node.file, x, y, w, h}); return; }
    if (w < 2 || h < 2) return;
    const label = depth > 0 && w > 60 && h > 34;
    if (depth > 0) out.push({folder: node.name, x, y, w, h, label});
    if (depth > 0) { x += 1; y += label ? 16 : 1; w -= 2; h -= label ? 17 : 2; }
    const kids = [...node.kids.values()].sort((a, b) => b.size - a.size);
    let left = node.size;
    while (kids.length && w > 0 && h > 0) {
      const side = Math.min(w, h), scale = w * h / left;
      const row = [kids.shift()];
      while (kids.length && worst([...row, kids[0]], side, scale) <= worst(row, side, scale)) row.push(kids.shift());
      const sum = row.reduce((s, n) => s + n.size, 0);
      const thick = sum * scale / side;
      let at = 0;
      for (const n of row) {
        const long = n.size * scale / thick;
        if (w >= h) lay(n, x, y + at, thick, long, depth + 1, out);
        else lay(n, x + at, y, long, thick, depth + 1, out);
        at += long;
      }
      if (w >= h) { x += thick; w -= thick; } else { y += thick; h -= thick; }
      left -= sum;
    }
  };
  const density = (f) => f[5] ? f[6] / f[2] * 100 : -1;
  const shade = (d) => {
    const dark = theme === 'dark';
    if (d < 0) return dark ? '#343B47' : '#C9D0D9';
    const x = Math.min(d / 30, 1);
    const stops = dark ? [[38, 92, 110], [150, 128, 62], [190, 70, 66]] : [[150, 200, 208], [240, 205, 120], [222, 104, 92]];
    const [a, b, f] = x < 0.5 ? [stops[0], stops[1], x * 2] : [stops[1], stops[2], x * 2 - 1];
    return 'rgb(' + a.map((v, i) => Math.round(v + (b[i] - v) * f)).join(',') + ')';
  };
  let boxes = [];
  const draw = (canvas) => {
    const w = canvas.clientWidth, h = canvas.clientHeight, ratio = devicePixelRatio || 1;
    canvas.width = w * ratio; canvas.height = h * ratio;
    const g = canvas.getContext('2d');
    g.scale(ratio, ratio);
    const css = getComputedStyle(document.documentElement);
    boxes = [];
    lay(tree(), 0, 0, w, h, 0, boxes);
    g.fillStyle = css.getPropertyValue('--line'); g.fillRect(0, 0, w, h);
    g.font = '11px sans-serif'; g.textBaseline = 'middle';
    for (const b of boxes) {
      if (b.file === undefined) {
        g.fillStyle = css.getPropertyValue('--surface'); g.fillRect(b.x + .5, b.y + .5, Math.max(b.w - 1, .5), Math.max(b.h - 1, .5));
        if (b.label) { g.fillStyle = css.getPropertyValue('--text2'); text(g, b.folder, b.x + 5, b.y + 9, b.w - 10); }
        continue;
      }
      const f = data.files[b.file];
      g.fillStyle = shade(density(f)); g.fillRect(b.x + .5, b.y + .5, Math.max(b.w - 1, .5), Math.max(b.h - 1, .5));
      if (b.w > 50 && b.h > 18) { g.fillStyle = theme === 'dark' ? '#F3F5F8' : '#1B2330'; text(g, f[0].split('/').pop(), b.x + 5, b.y + Math.min(10, b.h / 2), b.w - 10); }
    }
  };
  const text = (g, s, x, y, room) => {
    if (g.measureText(s).width > room) {
      let n = s.length;
      while (n > 1 && g.measureText(s.slice(0, n) + '…').width > room) n--;
      s = s.slice(0, n) + '…';
    }
    g.fillText(s, x, y);
  };
  const boxAt = (canvas, event) => {
    const r = canvas.getBoundingClientRect(), x = event.clientX - r.left, y = event.clientY - r.top;
    return boxes.find((b) => b.file !== undefined && x >= b.x && x < b.x + b.w && y >= b.y && y < b.y + b.h);
  };

  const show = () => {
    document.documentElement.dataset.theme = theme;
    document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en';
    const s = data.summary, lines = s.code + s.comment + s.blank;
    const card = (value, name) => el('div', {class: 'card'}, el('b', null, value), el('span', null, name));
    const canvas = el('canvas', {role: 'img', 'aria-label': t().map + '. ' + t().mapHint});
    const tip = el('div', {id: 'tip', hidden: ''});
    canvas.addEventListener('mousemove', (event) => {
      const b = boxAt(canvas, event);
      tip.hidden = !b;
      if (!b) return;
      const f = data.files[b.file], d = density(f);
      tip.replaceChildren(code(f[0]), el('div', null, number(f[2]) + ' ' + t().code.toLowerCase() + ', ' + t().sum.toLowerCase() + ' ' + number(f[6]) + (d < 0 ? '' : ' (' + d.toFixed(1) + ' ' + t().per + ')')));
      tip.style.left = Math.min(event.clientX + 14, innerWidth - 440) + 'px';
      tip.style.top = event.clientY + 14 + 'px';
    });
    canvas.addEventListener('mouseleave', () => { tip.hidden = true; });
    canvas.addEventListener('click', (event) => {
      const b = boxAt(canvas, event);
      if (!b) return;
      tab = 'files';
      chosen('files'); state.files.filter = data.files[b.file][0];
      tip.hidden = true;
      show();
      document.getElementById('tables').scrollIntoView();
    });
    const legend = el('div', {class: 'legend'});
    const swatch = (d, name) => { const i = el('i', null); i.style.background = shade(d); legend.append(el('span', null, i, name)); };
    swatch(0, t().low); swatch(15, '15'); swatch(30, t().high + ' (30+ ' + t().per + ')'); swatch(-1, t().none);
    const nav = el('nav', {role: 'tablist'});
    const place = el('div', {role: 'tabpanel'});
    const filter = el('input', {type: 'search', placeholder: t().filter, 'aria-label': t().filter});
    const open = (name) => {
      tab = name;
      chosen(name);
      filter.value = state[name].filter;
      [...nav.children].forEach((b) => b.setAttribute('aria-selected', String(b.dataset.name === name)));
      showTable(place, name);
    };
    for (const name of Object.keys(tables)) {
      if (!tables[name].rows.length && name !== 'findings' && name !== tab) continue;
      nav.append(el('button', {role: 'tab', 'data-name': name, on: {click: () => open(name)}}, t()[name] + ' ' + number(tables[name].total)));
    }
    filter.addEventListener('input', () => { state[tab].filter = filter.value; state[tab].shown = 200; showTable(place, tab); });
    const app = document.getElementById('app');
    app.replaceChildren(
      el('header', null,
        el('div', null, el('h1', null, data.root), el('p', null, t().made(data.version, s.seconds))),
        el('div', {class: 'buttons'},
          el('button', {on: {click: () => { lang = lang === 'zh' ? 'en' : 'zh'; show(); }}}, t().other_language),
          el('button', {on: {click: () => { theme = theme === 'dark' ? 'light' : 'dark'; show(); }}}, theme === 'dark' ? t().themeBack : t().theme))),
      el('div', {class: 'cards'}, card(number(s.files), t().files), card(number(s.code), t().code), s.otherLines ? card(number(s.otherLines), t().other_lines) : null, card(number(s.functions), t().functions),
        card(number(s.findings), t().findings), card((lines ? 100 * s.duplicatedLines / lines : 0).toFixed(1) + ' %', t().duplicated)),
      data.files.length ? el('section', null, el('h2', null, t().map), el('p', {class: 'hint'}, t().mapHint), canvas, legend) : el('span', null),
      el('section', {id: 'tables'}, nav, el('div', {class: 'bar'}, filter, el('span', {id: 'count', 'aria-live': 'polite'})), place), tip);
    if (!tables[tab]) tab = 'findings';
    open(tab);
    if (data.files.length) draw(canvas);
  };
  let waiting = 0;
  addEventListener('resize', () => { clearTimeout(waiting); waiting = setTimeout(() => { const c = document.querySelector('canvas'); if (c) draw(c); }, 150); });
  show();
})();
