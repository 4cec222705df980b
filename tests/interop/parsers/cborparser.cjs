// SPDX-License-Identifier: MIT
// The parser of doc/snippets/cborparser.cpp for socket.io and socket.io-client in JavaScript.
//! [parser]
const cbor = require("cbor");
const { Emitter } = require("@socket.io/component-emitter");

class Encoder {
  encode({ type, nsp, id, data }) {
    const packet = { type, nsp };
    if (id !== undefined) packet.id = id;
    if (data !== undefined) packet.data = data;
    return [cbor.encodeOne(packet, { highWaterMark: 1 << 24 })]; // the most bytes of a packet
  }
}

class Decoder extends Emitter {
  add(message) {
    const packet = cbor.decodeFirstSync(Buffer.from(message));
    if (!(packet?.type >= 0 && packet.type <= 4)) throw new Error("invalid packet");
    this.emit("decoded", packet);
  }
  destroy() {}
}

module.exports = { protocol: 5, Encoder, Decoder };
//! [parser]
