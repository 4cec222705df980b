// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_JSONDECODER_P_H
#define SOCKETIO_JSONDECODER_P_H

#include <SocketIo/parser.h>

#include <QtCore/qlist.h>

#include <atomic>
#include <memory>
#include <utility>

namespace SocketIo::detail {

class JsonDecoder final : public Decoder
{
public:
    // unfinished: what the decoders of one parser keep, in bytes.
    JsonDecoder(const JsonParser::Limits &limits,
                std::shared_ptr<std::atomic<qsizetype>> unfinished)
        : m_limits(limits)
        , m_allUnfinished(std::move(unfinished))
    {
    }
    ~JsonDecoder() override { reset(); }

    Status addText(QByteArrayView utf8, Packet *packet) override;
    Status addBinary(const QByteArray &bytes, Packet *packet) override;

private:
    // A packet whose attachments are still to come.
    struct Unfinished
    {
        Packet packet;
        QList<QByteArray> attachments;
        qsizetype size = 0; // in bytes, as counted in m_allUnfinished
    };

    // Each reads its part and moves on; on failure they return false and set m_reason.
    bool readHead(QByteArrayView *text, Packet *packet);
    bool readAttachmentCount(QByteArrayView *text);
    bool readNamespace(QByteArrayView *text, Packet *packet);
    bool readId(QByteArrayView *text, Packet *packet);
    bool readPayload(QByteArrayView text, Packet *packet);
    bool readArgs(QByteArrayView text, Packet *packet);

    bool insertAttachments(QVariant *value) const;
    bool insertAttachments(QVariantList *list) const;
    bool refuse(const QByteArray &reason);
    bool keep(qsizetype size);
    void reset();

    const JsonParser::Limits m_limits;
    QByteArray m_reason;
    QString m_eventName;                      // the last one
    qsizetype m_expected = 0;                 // attachments
    std::unique_ptr<Unfinished> m_unfinished; // most packets have no attachments
    const std::shared_ptr<std::atomic<qsizetype>> m_allUnfinished;
};

} // namespace SocketIo::detail

#endif
