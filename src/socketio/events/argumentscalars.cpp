// SPDX-License-Identifier: MIT
#include "socketio/events/argumentscalars_p.h"

#include <QtCore/qmetaobject.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

namespace SocketIo::detail {

namespace {

bool isSignedNumber(int typeId)
{
    switch (typeId) {
    case QMetaType::Int:
    case QMetaType::Long:
    case QMetaType::LongLong:
    case QMetaType::Short:
    case QMetaType::SChar:
    case QMetaType::Char:
        return true;
    default:
        return false;
    }
}

bool isUnsignedNumber(int typeId)
{
    switch (typeId) {
    case QMetaType::UInt:
    case QMetaType::ULong:
    case QMetaType::ULongLong:
    case QMetaType::UShort:
    case QMetaType::UChar:
        return true;
    default:
        return false;
    }
}

bool isEnumeration(QMetaType type)
{
    return type.flags().testFlag(QMetaType::IsEnumeration);
}

template<typename T>
bool integerFromDouble(double number, T *result)
{
    constexpr double lowest = double(std::numeric_limits<T>::min());
    const double beyond = std::ldexp(1.0, std::numeric_limits<T>::digits);
    if (!(number >= lowest && number < beyond) || std::trunc(number) != number)
        return false;
    *result = T(number);
    return true;
}

template<typename T>
bool integerFrom(const QVariant &value, T *result)
{
    const int typeId = value.typeId();
    if (typeId == QMetaType::Double || typeId == QMetaType::Float)
        return integerFromDouble(value.toDouble(), result);
    if (isUnsignedNumber(typeId)
        || value.metaType().flags().testFlag(QMetaType::IsUnsignedEnumeration)) {
        const quint64 number = value.toULongLong();
        *result = T(number);
        return number <= quint64(std::numeric_limits<T>::max());
    }
    if (typeId == QMetaType::QString) {
        bool ok = false;
        if constexpr (std::is_unsigned_v<T>) {
            const quint64 number = value.toString().toULongLong(&ok);
            *result = T(number);
            return ok && number <= std::numeric_limits<T>::max();
        } else {
            const qint64 number = value.toString().toLongLong(&ok);
            *result = T(number);
            return ok && number >= std::numeric_limits<T>::min()
                && number <= std::numeric_limits<T>::max();
        }
    }
    if (!isSignedNumber(typeId) && typeId != QMetaType::Bool && !isEnumeration(value.metaType()))
        return false;
    const qint64 number = value.toLongLong();
    *result = T(number);
    if constexpr (std::is_unsigned_v<T>)
        return number >= 0 && quint64(number) <= std::numeric_limits<T>::max();
    else
        return number >= std::numeric_limits<T>::min() && number <= std::numeric_limits<T>::max();
}

bool doubleFrom(const QVariant &value, double *result)
{
    const int typeId = value.typeId();
    if (typeId == QMetaType::QString) {
        bool ok = false;
        *result = value.toString().toDouble(&ok);
        return ok && std::isfinite(*result); // "nan" is no number
    }
    if (typeId != QMetaType::Double && typeId != QMetaType::Float && typeId != QMetaType::Bool
        && !isSignedNumber(typeId) && !isUnsignedNumber(typeId)) {
        return false;
    }
    *result = value.toDouble();
    return true;
}

bool floatFrom(const QVariant &value, float *result)
{
    double number = 0;
    if (!doubleFrom(value, &number))
        return false;
    *result = float(number);
    return std::isfinite(*result) || !std::isfinite(number);
}

bool boolFrom(const QVariant &value, bool *result)
{
    if (value.typeId() == QMetaType::QString) {
        const QString &text = contentOf<QString>(value);
        *result = text == u"true";
        return *result || text == u"false";
    }
    int number = 0;
    if (!integerFrom(value, &number))
        return false;
    *result = number == 1;
    return number == 0 || number == 1;
}

bool stringFrom(const QVariant &value, QString *result)
{
    switch (value.typeId()) {
    case QMetaType::QByteArray:
        *result = QString::fromUtf8(contentOf<QByteArray>(value));
        return QByteArrayView(contentOf<QByteArray>(value)).isValidUtf8();
    case QMetaType::QStringList: // QMetaType would take one of a single text
    case QMetaType::QByteArrayList:
        return false;
    default:
        return QMetaType::convert(value.metaType(), value.constData(),
                                  QMetaType::fromType<QString>(), result);
    }
}

bool charFrom(const QVariant &value, QChar *result)
{
    if (value.typeId() != QMetaType::QString || contentOf<QString>(value).size() != 1)
        return false;
    *result = contentOf<QString>(value).front();
    return true;
}

QMetaEnum metaEnumOf(QMetaType type)
{
    const QMetaObject *metaObject = type.metaObject();
    if (!metaObject)
        return {};
    QByteArrayView name(type.name());
    const qsizetype separator = name.lastIndexOf("::");
    if (separator >= 0)
        name = name.sliced(separator + 2);
    return metaObject->enumerator(metaObject->indexOfEnumerator(name.toByteArray().constData()));
}

bool hasKeyOf(const QMetaEnum &metaEnum, int value)
{
    for (int i = 0; i < metaEnum.keyCount(); ++i) {
        if (metaEnum.value(i) == value)
            return true;
    }
    return false;
}

template<typename Narrow, typename Number>
bool storeAs(Number number, void *result)
{
    const auto narrow = Narrow(number);
    memcpy(result, &narrow, sizeof(narrow));
    return Number(narrow) == number;
}

// For an enumeration whose numbers are signed, as Number is, or not.
template<typename Number>
bool enumFrom(const QVariant &value, QMetaType type, void *result)
{
    constexpr bool isSigned = std::is_signed_v<Number>;
    using Key = std::conditional_t<isSigned, qint32, quint32>; // Qt keeps them in 32 bits
    const QMetaEnum metaEnum = metaEnumOf(type);
    Number number = 0;
    bool known = false;
    if (metaEnum.isValid() && value.typeId() == QMetaType::QString) {
        const QByteArray key = contentOf<QString>(value).toUtf8();
        number = Number(Key(metaEnum.keyToValue(key.constData(), &known)));
    }
    if (!known && !integerFrom(value, &number))
        return false;
    if (metaEnum.isValid() && !metaEnum.isFlag() && !known) {
        // An enumeration must not hold a number that the program has no name for.
        if (Number(Key(number)) != number || !hasKeyOf(metaEnum, int(Key(number))))
            return false;
    }
    switch (type.sizeOf()) {
    case 1:
        return storeAs<std::conditional_t<isSigned, qint8, quint8>>(number, result);
    case 2:
        return storeAs<std::conditional_t<isSigned, qint16, quint16>>(number, result);
    case 4:
        return storeAs<std::conditional_t<isSigned, qint32, quint32>>(number, result);
    default:
        return storeAs<Number>(number, result);
    }
}

bool enumFrom(const QVariant &value, QMetaType type, void *result)
{
    if (type.flags().testFlag(QMetaType::IsUnsignedEnumeration))
        return enumFrom<quint64>(value, type, result);
    // The type of QFlags does not say it; and to some peers their highest bit is a sign.
    const bool isFlags = QByteArrayView(type.name()).startsWith("QFlags<");
    return enumFrom<qint64>(value, type, result)
        || (isFlags && enumFrom<quint64>(value, type, result));
}

} // namespace

std::optional<bool> convertToScalar(const QVariant &value, QMetaType type, void *result)
{
    switch (type.id()) {
    case QMetaType::Bool:
        return boolFrom(value, static_cast<bool *>(result));
    case QMetaType::Int:
        return integerFrom(value, static_cast<int *>(result));
    case QMetaType::UInt:
        return integerFrom(value, static_cast<uint *>(result));
    case QMetaType::Long:
        return integerFrom(value, static_cast<long *>(result));
    case QMetaType::ULong:
        return integerFrom(value, static_cast<ulong *>(result));
    case QMetaType::LongLong:
        return integerFrom(value, static_cast<qlonglong *>(result));
    case QMetaType::ULongLong:
        return integerFrom(value, static_cast<qulonglong *>(result));
    case QMetaType::Short:
        return integerFrom(value, static_cast<short *>(result));
    case QMetaType::UShort:
        return integerFrom(value, static_cast<ushort *>(result));
    case QMetaType::Char:
        return integerFrom(value, static_cast<char *>(result));
    case QMetaType::SChar:
        return integerFrom(value, static_cast<signed char *>(result));
    case QMetaType::UChar:
        return integerFrom(value, static_cast<uchar *>(result));
    case QMetaType::Double:
        return doubleFrom(value, static_cast<double *>(result));
    case QMetaType::Float:
        return floatFrom(value, static_cast<float *>(result));
    case QMetaType::QChar:
        return charFrom(value, static_cast<QChar *>(result));
    case QMetaType::QString:
        return stringFrom(value, static_cast<QString *>(result));
    case QMetaType::QByteArray:
        if (value.typeId() != QMetaType::QString)
            return false;
        *static_cast<QByteArray *>(result) = contentOf<QString>(value).toUtf8();
        return true;
    default:
        if (isEnumeration(type))
            return enumFrom(value, type, result);
        return std::nullopt;
    }
}

} // namespace SocketIo::detail
