// SPDX-License-Identifier: MIT
#include "socketio/parser/nesting_p.h"

#include "socketio/events/plainvalue_p.h"
#include "socketio/parser/packetwarnings_p.h"

#include <SocketIo/parser.h>

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qjsonvalue.h>

#include <algorithm>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

namespace {

// What no parser refuses, and hardly any event reaches.
constexpr int HarmlessDepth = 16;

bool isDeeper(const QJsonValue &value, int depth)
{
    const auto isItemDeeper = [depth](const QJsonValue &item) { return isDeeper(item, depth - 1); };
    if (value.isArray()) {
        const QJsonArray array = value.toArray();
        return depth == 0 || std::any_of(array.cbegin(), array.cend(), isItemDeeper);
    }
    if (value.isObject()) {
        const QJsonObject object = value.toObject();
        return depth == 0 || std::any_of(object.constBegin(), object.constEnd(), isItemDeeper);
    }
    return false;
}

bool isDeeper(const QVariant &value, int depth)
{
    const auto isItemDeeper = [depth](const QVariant &item) { return isDeeper(item, depth - 1); };
    const auto isDeep = [&](const auto &container) {
        return depth == 0 || std::any_of(container.cbegin(), container.cend(), isItemDeeper);
    };
    switch (value.typeId()) {
    case QMetaType::QVariantList:
        return isDeep(contentOf<QVariantList>(value));
    case QMetaType::QVariantMap:
        return isDeep(contentOf<QVariantMap>(value));
    case QMetaType::QVariantHash:
        return isDeep(contentOf<QVariantHash>(value));
    case QMetaType::QJsonArray:
    case QMetaType::QJsonObject:
    case QMetaType::QJsonValue:
        return isDeeper(value.toJsonValue(), depth);
    default:
        return false;
    }
}

} // namespace

Error nestingError(const std::shared_ptr<const Parser> &parser, const QString &event,
                   const QVariantList &args)
{
    const bool isSuspicious = std::any_of(args.cbegin(), args.cend(), [](const QVariant &arg) {
        return isDeeper(arg, HarmlessDepth);
    });
    if (!isSuspicious)
        return {};
    Packet packet;
    packet.type = PacketType::Event;
    packet.nsp = u"/"_s;
    packet.args = QVariantList{event} + args;
    const std::shared_ptr<const Parser> kept = parser;
    const DepthCheck check;
    if (!kept->encode(packet).isEmpty() || check.limit() < 0)
        return {};
    Error error(
        Error::Type::Argument,
        u"the event \"%1\" was not sent: with their list, its arguments are nested more than %2 "
        "levels deep"_s.arg(event)
            .arg(check.limit()));
    error.setHint(u"Send the data in another form, or raise the parser's setting maxDepth, up to "
                  "1024, on both sides."_s);
    return error;
}

} // namespace SocketIo::detail
