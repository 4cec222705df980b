// SPDX-License-Identifier: MIT
#include "socketio/parser/jsondecoder_p.h"

#include "base/digits_p.h"
#include "base/utf8text_p.h"
#include "socketio/parser/eventname_p.h"
#include "socketio/parser/jsonreader_p.h"
#include "socketio/parser/packet_p.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using EngineIo::detail::isDigit;

namespace {

// The number comes from the peer, before the attachments.
constexpr qsizetype MostReserved = 16;

const char *endOf(QByteArrayView text)
{
    return text.data() + text.size();
}

} // namespace

Decoder::Status JsonDecoder::addText(QByteArrayView utf8, Packet *packet)
{
    if (m_expected > 0) {
        reset();
        return fail("text while attachments are awaited"_ba);
    }
    const qsizetype textSize = utf8.size();
    if (!readHead(&utf8, packet) || !readPayload(utf8, packet)) {
        reset();
        return fail(m_reason);
    }
    if (m_expected == 0)
        return Status::Complete;
    m_unfinished = std::make_unique<Unfinished>();
    m_unfinished->packet = std::move(*packet);
    m_unfinished->attachments.reserve(std::min(m_expected, MostReserved));
    if (keep(textSize))
        return Status::NeedMore;
    reset();
    return fail(m_reason);
}

Decoder::Status JsonDecoder::addBinary(const QByteArray &bytes, Packet *packet)
{
    if (m_expected == 0)
        return fail("binary data while none is awaited"_ba);
    m_unfinished->attachments.append(bytes);
    if (m_unfinished->attachments.size() < m_expected) {
        if (keep(bytes.size()))
            return Status::NeedMore;
        reset();
        return fail(m_reason);
    }
    const bool inserted = insertAttachments(&m_unfinished->packet.args);
    if (inserted)
        *packet = std::move(m_unfinished->packet);
    reset();
    return inserted ? Status::Complete : fail("illegal attachments"_ba);
}

bool JsonDecoder::refuse(const QByteArray &reason)
{
    m_reason = reason;
    return false;
}

// Counts what has to wait for the rest of its packet. It is the packet that wants more that goes.
bool JsonDecoder::keep(qsizetype size)
{
    m_unfinished->size += size;
    const qsizetype all = m_allUnfinished->fetch_add(size, std::memory_order_relaxed) + size;
    if (m_limits.maxUnfinishedSize == 0 || all <= m_limits.maxUnfinishedSize
        || all == m_unfinished->size)
        return true;
    return refuse("too much is held already of packets whose attachments have not come"_ba);
}

void JsonDecoder::reset()
{
    m_expected = 0;
    if (const auto left = std::exchange(m_unfinished, nullptr))
        m_allUnfinished->fetch_sub(left->size, std::memory_order_relaxed);
}

bool JsonDecoder::readHead(QByteArrayView *text, Packet *packet)
{
    const char digit = text->isEmpty() ? '\0' : text->front();
    if (digit < '0' || digit > '6')
        return refuse("unknown packet type"_ba);
    packet->type = PacketType(digit - '0');
    *text = text->sliced(1);
    if (packet->type >= PacketType::BinaryEvent) {
        packet->type = plainType(packet->type);
        if (!readAttachmentCount(text))
            return false;
    }
    return readNamespace(text, packet) && readId(text, packet);
}

bool JsonDecoder::readAttachmentCount(QByteArrayView *text)
{
    int count = 0;
    const auto [end, error] = std::from_chars(text->data(), endOf(*text), count);
    const bool isNumber = !text->isEmpty() && isDigit(text->front())
        && (error == std::errc() || error == std::errc::result_out_of_range);
    if (!isNumber || end == endOf(*text) || *end != '-')
        return refuse("illegal attachments"_ba);
    if (error == std::errc::result_out_of_range || count > m_limits.maxAttachments)
        return refuse("too many attachments"_ba);
    if (count == 0)
        return refuse("illegal attachments"_ba);
    m_expected = count;
    *text = text->sliced(end + 1 - text->data());
    return true;
}

bool JsonDecoder::readNamespace(QByteArrayView *text, Packet *packet)
{
    if (text->isEmpty() || text->front() != '/') {
        packet->nsp = u"/"_s;
        return true;
    }
    qsizetype size = text->indexOf(',');
    const bool hasMore = size >= 0;
    if (!hasMore)
        size = text->size();
    const QByteArrayView name = text->first(size);
    if (!name.isValidUtf8())
        return refuse("the namespace is not UTF-8"_ba);
    packet->nsp = EngineIo::detail::utf8Text(name);
    *text = text->sliced(hasMore ? size + 1 : size);
    return true;
}

bool JsonDecoder::readId(QByteArrayView *text, Packet *packet)
{
    packet->id = Packet::NoId;
    if (text->isEmpty() || !isDigit(text->front()))
        return true;
    const auto [end, error] = std::from_chars(text->data(), endOf(*text), packet->id);
    if (error != std::errc())
        return refuse("the packet's id is too large"_ba);
    *text = text->sliced(end - text->data());
    return true;
}

bool JsonDecoder::readPayload(QByteArrayView text, Packet *packet)
{
    packet->args.clear();
    if (packet->data.isValid())
        packet->data.clear();
    switch (packet->type) {
    case PacketType::Disconnect:
        return text.isEmpty() || refuse("invalid payload"_ba);
    case PacketType::Event:
    case PacketType::Ack:
        return readArgs(text, packet);
    default:
        break;
    }
    if (packet->type == PacketType::Connect && text.isEmpty())
        return true;
    JsonReader reader(text, m_limits.maxDepth);
    if (!reader.read(&packet->data))
        return refuse(reader.errorString());
    const int typeId = packet->data.typeId();
    const bool allowed = typeId == QMetaType::QVariantMap
        || (typeId == QMetaType::QString && packet->type == PacketType::ConnectError);
    return allowed || refuse("invalid payload"_ba);
}

bool JsonDecoder::readArgs(QByteArrayView text, Packet *packet)
{
    JsonReader reader(text, m_limits.maxDepth);
    if (packet->type == PacketType::Event)
        reader.shareFirstString(&m_eventName);
    if (!reader.readArray(&packet->args))
        return refuse(reader.errorString());
    if (packet->type == PacketType::Ack)
        return true;
    if (packet->args.isEmpty() || !isEventName(packet->args.constFirst()))
        return refuse("an event without a name"_ba);
    if (isReservedName(packet->args.constFirst()))
        return refuse("a reserved event name"_ba);
    return true;
}

bool JsonDecoder::insertAttachments(QVariantList *list) const
{
    for (QVariant &item : *list) {
        if (!insertAttachments(&item))
            return false;
    }
    return true;
}

bool JsonDecoder::insertAttachments(QVariant *value) const
{
    if (value->typeId() == QMetaType::QVariantList)
        return insertAttachments(static_cast<QVariantList *>(value->data()));
    if (value->typeId() != QMetaType::QVariantMap)
        return true;
    auto &map = *static_cast<QVariantMap *>(value->data());
    const auto mark = map.constFind(u"_placeholder"_s);
    if (mark == map.cend() || mark->typeId() != QMetaType::Bool || !mark->toBool()) {
        for (QVariant &member : map) {
            if (!insertAttachments(&member))
                return false;
        }
        return true;
    }
    const QVariant number = map.value(u"num"_s);
    if (number.typeId() != QMetaType::LongLong)
        return false;
    const qint64 index = number.toLongLong();
    const QList<QByteArray> &attachments = m_unfinished->attachments;
    if (index < 0 || index >= attachments.size())
        return false;
    *value = QVariant(attachments.at(index));
    return true;
}

} // namespace SocketIo::detail
