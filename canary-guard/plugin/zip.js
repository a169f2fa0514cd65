const { mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { dirname, join, normalize } = require('node:path');
const { inflateRawSync } = require('node:zlib');

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LENGTH_OF_END = 22;
const LENGTH_OF_ENTRY = 46;
const LENGTH_OF_HEADER = 30;
const LONGEST_COMMENT = 0xffff;
const DEFLATED = 8;

/**
 * Unpacks a zip as sls writes it: below 4 GB, not encrypted, stored or deflated.
 *
 * @param {string} file
 * @param {string} directory It may exist.
 * @throws Error if the file is no such zip.
 */
function unpack(file, directory) {
  const zip = readFileSync(file);
  const end = findEnd(zip, file);
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (zip.readUInt32LE(at) !== ENTRY) throw new Error(`${file} is not a zip that can be read`);
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    const name = zip.toString('utf8', at + LENGTH_OF_ENTRY, at + LENGTH_OF_ENTRY + Number(nameLength));
    const [method, size, header] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20), zip.readUInt32LE(at + 42)];
    write(join(directory, inside(name)), name, () => {
      const data = header + LENGTH_OF_HEADER + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
      const content = zip.subarray(data, data + size);
      return method === DEFLATED ? inflateRawSync(content) : content;
    });
    at += LENGTH_OF_ENTRY + Number(nameLength) + Number(extraLength) + Number(commentLength);
  }
}

/**
 * @param {Buffer} zip
 * @param {string} file
 */
function findEnd(zip, file) {
  for (let at = zip.length - LENGTH_OF_END; at >= Math.max(0, zip.length - LENGTH_OF_END - LONGEST_COMMENT); at -= 1) {
    if (zip.readUInt32LE(at) === END) return at;
  }
  throw new Error(`${file} is not a zip`);
}

/** @param {string} name */
const inside = (name) => normalize(`/${name}`);

/**
 * @param {string} path
 * @param {string} name
 * @param {() => Buffer} content
 */
function write(path, name, content) {
  if (name.endsWith('/')) {
    mkdirSync(path, { recursive: true });
    return;
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content());
}

module.exports = { unpack };
