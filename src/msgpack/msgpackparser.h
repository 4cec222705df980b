// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_MSGPACKPARSER_H
#define SOCKETIO_MSGPACKPARSER_H

#include <SocketIo/msgpackglobal.h>
#include <SocketIo/parser.h>

#include <memory>

namespace SocketIo {

class SOCKETIO_MSGPACK_EXPORT MsgPackParser final : public Parser
{
public:
    struct Limits
    {
        int maxDepth = 512;                                   // of nested arrays and objects
        qsizetype maxSentSize = qsizetype(256) * 1024 * 1024; // bytes of a packet; 0: no limit
    };

    MsgPackParser();
    explicit MsgPackParser(const Limits &limits);
    EngineIo::FrameList encode(const Packet &packet) const override;
    std::unique_ptr<Decoder> createDecoder() const override;

private:
    Limits m_limits;
};

} // namespace SocketIo

#endif
