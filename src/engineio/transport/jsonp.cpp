// SPDX-License-Identifier: MIT
#include "engineio/transport/jsonp_p.h"

#include "net/http/querystring_p.h"

#include <algorithm>

namespace EngineIo::detail {

using namespace Qt::StringLiterals;

namespace {

// Appends a character of a string in JavaScript; what stands for itself is left to the caller.
bool appendEscaped(QByteArray &script, char c)
{
    switch (c) {
    case '"':
        script.append("\\\"");
        return true;
    case '\\':
        script.append("\\\\");
        return true;
    case '\b':
        script.append("\\b");
        return true;
    case '\f':
        script.append("\\f");
        return true;
    case '\n':
        script.append("\\n");
        return true;
    case '\r':
        script.append("\\r");
        return true;
    case '\t':
        script.append("\\t");
        return true;
    default:
        break;
    }
    if (uchar(c) >= 0x20)
        return false;
    constexpr char Hex[] = "0123456789abcdef";
    script.append("\\u00").append(Hex[uchar(c) >> 4]).append(Hex[uchar(c) & 0xf]);
    return true;
}

} // namespace

Jsonp::Jsonp(QStringView index)
    : m_head("___eio[")
{
    for (const QChar c : index) {
        if (c >= u'0' && c <= u'9')
            m_head.append(char(c.unicode()));
    }
    m_head.append("](\"");
}

// A string in JSON is one in JavaScript, but for two characters that end a line there.
QByteArray Jsonp::wrap(QByteArrayView payload) const
{
    constexpr QByteArrayView LineSeparator("\xe2\x80\xa8");
    constexpr QByteArrayView ParagraphSeparator("\xe2\x80\xa9");
    QByteArray script;
    script.reserve(m_head.size() + payload.size() + payload.size() / 8 + 3);
    script.append(m_head);
    for (qsizetype i = 0; i < payload.size(); ++i) {
        const QByteArrayView rest = payload.sliced(i);
        if (appendEscaped(script, rest.front()))
            continue;
        const bool line = rest.startsWith(LineSeparator);
        if (line || rest.startsWith(ParagraphSeparator)) {
            script.append(line ? "\\u2028" : "\\u2029");
            i += LineSeparator.size() - 1;
        } else {
            script.append(rest.front());
        }
    }
    return script.append("\");");
}

// Browsers change the ends of lines in a form. So clients send a backslash and an "n" for a line
// feed, and put another backslash in front where those two have been there before.
std::optional<QByteArray> Jsonp::unwrap(QByteArrayView form)
{
    const QueryItems items = parseQuery(form);
    const auto isPayload = [](const QueryItem &item) { return item.first == u"d"; };
    const auto item = std::find_if(items.cbegin(), items.cend(), isPayload);
    if (item == items.cend() || std::count_if(items.cbegin(), items.cend(), isPayload) > 1)
        return std::nullopt;
    const QByteArray sent = item->second.toUtf8();
    QByteArray payload;
    payload.reserve(sent.size());
    for (qsizetype i = 0; i < sent.size(); ++i) {
        const QByteArrayView rest = QByteArrayView(sent).sliced(i);
        if (rest.startsWith("\\\\n")) {
            payload.append("\\n");
            i += 2;
        } else if (rest.startsWith("\\n")) {
            payload.append('\n');
            i += 1;
        } else {
            payload.append(rest.front());
        }
    }
    return payload;
}

} // namespace EngineIo::detail
