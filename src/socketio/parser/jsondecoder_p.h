// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_JSONDECODER_P_H
#define SOCKETIO_JSONDECODER_P_H

#include <SocketIo/parser.h>

#include <QtCore/qlist.h>

namespace SocketIo::detail {

class JsonDecoder final : public Decoder
{
public:
    explicit JsonDecoder(const JsonParser::Limits &limits)
        : m_limits(limits)
    {
    }

    Status addText(QByteArrayView utf8, Packet *packet) override;
    Status addBinary(const QByteArray &bytes, Packet *packet) override;

private:
    // Each reads its part and moves on; they answer false with m_reason set.
    bool readHead(QByteArrayView *text, Packet *packet);
    bool readAttachmentCount(QByteArrayView *text);
    bool readNamespace(QByteArrayView *text, Packet *packet);
    bool readId(QByteArrayView *text, Packet *packet);
    bool readPayload(QByteArrayView text, Packet *packet);
    bool readArgs(QByteArrayView text, Packet *packet);

    bool insertAttachments(QVariant *value) const;
    bool insertAttachments(QVariantList *list) const;
    bool refuse(const QByteArray &reason);
    void reset();

    const JsonParser::Limits m_limits;
    QByteArray m_reason;
    QString m_eventName; // the last one
    Packet m_packet;     // whose attachments are still to come
    qsizetype m_expected = 0;
    QList<QByteArray> m_attachments;
};

} // namespace SocketIo::detail

#endif
