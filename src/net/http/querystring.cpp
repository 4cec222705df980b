// SPDX-License-Identifier: MIT
#include "net/http/querystring_p.h"

#include "base/utf8text_p.h"
#include "net/http/httpchars_p.h"

#include <algorithm>

namespace EngineIo::detail {

namespace {

constexpr qsizetype MaxItems = 1000;

QString decode(QByteArrayView text)
{
    if (!text.contains('%') && !text.contains('+'))
        return utf8Text(text);
    QByteArray bytes;
    bytes.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        char character = text[i];
        if (character == '+') {
            character = ' ';
        } else if (character == '%' && i + 2 < text.size()) {
            const int high = hexDigitValue(text[i + 1]);
            const int low = hexDigitValue(text[i + 2]);
            if (high >= 0 && low >= 0) {
                character = char(high * 16 + low);
                i += 2;
            }
        }
        bytes.append(character);
    }
    return utf8Text(bytes);
}

} // namespace

QueryItems parseQuery(QByteArrayView query)
{
    QueryItems items;
    while (!query.isEmpty() && items.size() < MaxItems) {
        const qsizetype end = query.indexOf('&');
        const QByteArrayView item = end < 0 ? query : query.first(end);
        query = end < 0 ? QByteArrayView() : query.sliced(end + 1);
        if (item.isEmpty())
            continue;
        const qsizetype equals = item.indexOf('=');
        if (equals < 0)
            items.emplaceBack(decode(item), QLatin1String(""));
        else
            items.emplaceBack(decode(item.first(equals)), decode(item.sliced(equals + 1)));
    }
    return items;
}

const QueryItem *findQueryItem(const QueryItems &items, QStringView name)
{
    const auto found = std::find_if(items.crbegin(), items.crend(),
                                    [name](const QueryItem &item) { return item.first == name; });
    return found == items.crend() ? nullptr : &*found;
}

} // namespace EngineIo::detail
