// SPDX-License-Identifier: MIT
#include "socketio/events/plainvalue_p.h"

#include <SocketIo/Arguments>

#include <QtCore/qbitarray.h>
#include <QtCore/qcborarray.h>
#include <QtCore/qcbormap.h>
#include <QtCore/qcborvalue.h>
#include <QtCore/qdatetime.h>
#include <QtCore/qline.h>
#include <QtCore/qlocale.h>
#include <QtCore/qpoint.h>
#include <QtCore/qrect.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qsize.h>
#include <QtCore/qurl.h>
#include <QtCore/quuid.h>

#include <chrono>
#include <cmath>
#include <limits>
#include <type_traits>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using namespace std::chrono;

bool numberFromPlain(const QVariant &value, double *number)
{
    switch (value.typeId()) {
    case QMetaType::LongLong:
    case QMetaType::ULongLong:
    case QMetaType::Int:
    case QMetaType::UInt:
    case QMetaType::Double:
    case QMetaType::Float:
        *number = value.toDouble();
        return true;
    default:
        return false;
    }
}

// Whole numbers only.
static bool numberFromPlain(const QVariant &value, int *number)
{
    double real = 0;
    if (!numberFromPlain(value, &real) || std::trunc(real) != real
        || real < std::numeric_limits<int>::min() || real > std::numeric_limits<int>::max())
        return false;
    *number = int(real);
    return true;
}

namespace {

template<typename T>
T &as(void *result)
{
    return *static_cast<T *>(result);
}

// The named members of an object, all of which must be numbers.
template<typename Number, typename... Names>
bool membersFrom(const QVariant &value, Number *numbers, Names... names)
{
    if (value.typeId() != QMetaType::QVariantMap)
        return false;
    const auto &map = contentOf<QVariantMap>(value);
    return (numberFromPlain(map.value(QString(names)), numbers++) && ...);
}

QVariantMap pointMap(const auto &point)
{
    return {{u"x"_s, point.x()}, {u"y"_s, point.y()}};
}

QVariantMap sizeMap(const auto &size)
{
    return {{u"width"_s, size.width()}, {u"height"_s, size.height()}};
}

QVariantMap rectMap(const auto &rect)
{
    return {{u"x"_s, rect.x()},
            {u"y"_s, rect.y()},
            {u"width"_s, rect.width()},
            {u"height"_s, rect.height()}};
}

QVariantMap lineMap(const auto &line)
{
    return {{u"x1"_s, line.x1()}, {u"y1"_s, line.y1()}, {u"x2"_s, line.x2()}, {u"y2"_s, line.y2()}};
}

template<typename T, typename Number>
bool pairFrom(const QVariant &value, void *result, QLatin1StringView first,
              QLatin1StringView second)
{
    Number numbers[2];
    if (!membersFrom(value, numbers, first, second))
        return false;
    as<T>(result) = T(numbers[0], numbers[1]);
    return true;
}

template<typename T, typename Number>
bool fourFrom(const QVariant &value, void *result, QLatin1StringView first,
              QLatin1StringView second, QLatin1StringView third, QLatin1StringView fourth)
{
    Number numbers[4];
    if (!membersFrom(value, numbers, first, second, third, fourth))
        return false;
    as<T>(result) = T(numbers[0], numbers[1], numbers[2], numbers[3]);
    return true;
}

// As JavaScript writes regular expressions: /pattern/flags.
struct Flag
{
    QRegularExpression::PatternOption option;
    QLatin1Char letter;
};
constexpr Flag Flags[] = {
    {QRegularExpression::CaseInsensitiveOption, QLatin1Char('i')},
    {QRegularExpression::MultilineOption, QLatin1Char('m')},
    {QRegularExpression::DotMatchesEverythingOption, QLatin1Char('s')},
    {QRegularExpression::UseUnicodePropertiesOption, QLatin1Char('u')},
    {QRegularExpression::ExtendedPatternSyntaxOption, QLatin1Char('x')},
};

QString regularExpressionText(const QRegularExpression &expression)
{
    QString text = u"/"_s;
    bool escaped = false;
    for (const QChar character : expression.pattern()) {
        if (character == u'/' && !escaped)
            text += u'\\';
        text += character;
        escaped = character == u'\\' && !escaped;
    }
    text += u'/';
    for (const Flag &flag : Flags) {
        if (expression.patternOptions().testFlag(flag.option))
            text += flag.letter;
    }
    return text;
}

bool regularExpressionFrom(const QVariant &value, QRegularExpression *expression)
{
    if (value.typeId() != QMetaType::QString)
        return false;
    QString pattern = contentOf<QString>(value);
    QRegularExpression::PatternOptions options;
    const qsizetype end = pattern.lastIndexOf(u'/');
    if (pattern.startsWith(u'/') && end > 0) {
        for (const QChar letter : QStringView(pattern).sliced(end + 1)) {
            for (const Flag &flag : Flags)
                options.setFlag(flag.option,
                                options.testFlag(flag.option) || letter == flag.letter);
        }
        pattern = pattern.mid(1, end - 1).replace("\\/"_L1, "/"_L1);
    }
    *expression = QRegularExpression(pattern, options);
    return expression->isValid();
}

QString localeText(const QLocale &locale)
{
    return locale.language() == QLocale::C ? u"C"_s : locale.bcp47Name();
}

bool localeFrom(const QVariant &value, QLocale *locale)
{
    if (value.typeId() != QMetaType::QString)
        return false;
    const QString &name = contentOf<QString>(value);
    *locale = QLocale(name);
    // A name that Qt does not know gives the C locale.
    return locale->language() != QLocale::C || name == "C"_L1;
}

QVariantList bitList(const QBitArray &bits)
{
    QVariantList list;
    list.reserve(bits.size());
    for (qsizetype i = 0; i < bits.size(); ++i)
        list.append(bits.testBit(i));
    return list;
}

bool bitsFrom(const QVariant &value, QBitArray *bits)
{
    if (value.typeId() != QMetaType::QVariantList)
        return false;
    const auto &list = contentOf<QVariantList>(value);
    *bits = QBitArray(list.size());
    for (qsizetype i = 0; i < list.size(); ++i) {
        if (list.at(i).typeId() != QMetaType::Bool)
            return false;
        bits->setBit(i, list.at(i).toBool());
    }
    return true;
}

template<typename... Durations>
struct DurationList
{
    static std::optional<QVariant> plain(const QVariant &value)
    {
        std::optional<QVariant> result;
        const auto take = [&](auto time) { result = durationToArgument(time); };
        (void)((value.metaType() == QMetaType::fromType<Durations>()
                && (take(contentOf<Durations>(value)), true))
               || ...);
        return result;
    }
    static std::optional<bool> fromPlain(const QVariant &value, QMetaType type, void *result)
    {
        std::optional<bool> fits;
        const auto give = [&](auto *time) { fits = durationFromArgument(value, time); };
        (void)((type == QMetaType::fromType<Durations>()
                && (give(static_cast<Durations *>(result)), true))
               || ...);
        return fits;
    }
};
using Durations = DurationList<nanoseconds, microseconds, milliseconds, seconds, minutes, hours>;

bool canHoldCbor(const QVariant &value)
{
    return value.canConvert<QCborValue>() || value.typeId() == QMetaType::Nullptr;
}

} // namespace

std::optional<QVariant> plainValue(const QVariant &value)
{
    switch (value.typeId()) {
    case QMetaType::QPoint:
        return pointMap(contentOf<QPoint>(value));
    case QMetaType::QPointF:
        return pointMap(contentOf<QPointF>(value));
    case QMetaType::QSize:
        return sizeMap(contentOf<QSize>(value));
    case QMetaType::QSizeF:
        return sizeMap(contentOf<QSizeF>(value));
    case QMetaType::QRect:
        return rectMap(contentOf<QRect>(value));
    case QMetaType::QRectF:
        return rectMap(contentOf<QRectF>(value));
    case QMetaType::QLine:
        return lineMap(contentOf<QLine>(value));
    case QMetaType::QLineF:
        return lineMap(contentOf<QLineF>(value));
    case QMetaType::QRegularExpression:
        return regularExpressionText(contentOf<QRegularExpression>(value));
    case QMetaType::QLocale:
        return localeText(contentOf<QLocale>(value));
    case QMetaType::QBitArray:
        return bitList(contentOf<QBitArray>(value));
    case QMetaType::QCborValue:
        return contentOf<QCborValue>(value).toVariant();
    case QMetaType::QCborArray:
        return contentOf<QCborArray>(value).toVariantList();
    case QMetaType::QCborMap:
        return contentOf<QCborMap>(value).toVariantMap();
    default:
        break;
    }
    if (value.typeId() >= QMetaType::User)
        return Durations::plain(value);
    return plainGuiValue(value);
}

std::optional<bool> valueFromPlain(const QVariant &value, QMetaType type, void *result)
{
    switch (type.id()) {
    case QMetaType::QPoint:
        return pairFrom<QPoint, int>(value, result, "x"_L1, "y"_L1);
    case QMetaType::QPointF:
        return pairFrom<QPointF, double>(value, result, "x"_L1, "y"_L1);
    case QMetaType::QSize:
        return pairFrom<QSize, int>(value, result, "width"_L1, "height"_L1);
    case QMetaType::QSizeF:
        return pairFrom<QSizeF, double>(value, result, "width"_L1, "height"_L1);
    case QMetaType::QRect:
        return fourFrom<QRect, int>(value, result, "x"_L1, "y"_L1, "width"_L1, "height"_L1);
    case QMetaType::QRectF:
        return fourFrom<QRectF, double>(value, result, "x"_L1, "y"_L1, "width"_L1, "height"_L1);
    case QMetaType::QLine:
        return fourFrom<QLine, int>(value, result, "x1"_L1, "y1"_L1, "x2"_L1, "y2"_L1);
    case QMetaType::QLineF:
        return fourFrom<QLineF, double>(value, result, "x1"_L1, "y1"_L1, "x2"_L1, "y2"_L1);
    case QMetaType::QRegularExpression:
        return regularExpressionFrom(value, &as<QRegularExpression>(result));
    case QMetaType::QLocale:
        return localeFrom(value, &as<QLocale>(result));
    case QMetaType::QBitArray:
        return bitsFrom(value, &as<QBitArray>(result));
    case QMetaType::QCborValue:
        if (canHoldCbor(value))
            as<QCborValue>(result) = QCborValue::fromVariant(value);
        return canHoldCbor(value);
    case QMetaType::QCborArray:
        if (value.typeId() == QMetaType::QVariantList)
            as<QCborArray>(result) = QCborArray::fromVariantList(value.toList());
        return value.typeId() == QMetaType::QVariantList;
    case QMetaType::QCborMap:
        if (value.typeId() == QMetaType::QVariantMap)
            as<QCborMap>(result) = QCborMap::fromVariantMap(value.toMap());
        return value.typeId() == QMetaType::QVariantMap;
    default:
        break;
    }
    if (type.id() >= QMetaType::User)
        return Durations::fromPlain(value, type, result);
    return guiValueFromPlain(value, type, result);
}

std::optional<QString> plainKey(const QVariant &key)
{
    switch (key.typeId()) {
    case QMetaType::QString:
        return contentOf<QString>(key);
    case QMetaType::QByteArray:
        return QString::fromUtf8(contentOf<QByteArray>(key));
    case QMetaType::QUrl:
        return key.toUrl().toString(QUrl::FullyEncoded);
    case QMetaType::QUuid:
        return key.toUuid().toString(QUuid::WithoutBraces);
    case QMetaType::QDateTime:
        return key.toDateTime().toUTC().toString(Qt::ISODateWithMs);
    default:
        break;
    }
    const QMetaType::TypeFlags typeFlags = key.metaType().flags();
    if (typeFlags.testFlag(QMetaType::IsUnsignedEnumeration))
        return QString::number(key.toULongLong());
    if (typeFlags.testFlag(QMetaType::IsEnumeration))
        return QString::number(key.toLongLong());
    if (const std::optional<QVariant> plain = plainValue(key)) {
        if (plain->typeId() == QMetaType::QString || plain->typeId() == QMetaType::LongLong)
            return plain->toString();
        return std::nullopt;
    }
    if (!key.isValid() || !key.canConvert<QString>())
        return std::nullopt;
    return key.toString();
}

} // namespace SocketIo::detail
