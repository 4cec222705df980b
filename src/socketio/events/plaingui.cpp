// SPDX-License-Identifier: MIT
// The value types of QtGui without QtGui: a program without windows does not load it, and where a
// QVariant holds one of them, the code that created it has loaded the library.
#include "socketio/events/plainvalue_p.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qdatastream.h>
#include <QtCore/qiodevice.h>

#include <cmath>
#include <cstring>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

namespace {

// The vectors, quaternions and matrices are arrays of float, which their inline functions have made
// part of Qt's binary interface. A quaternion begins with its scalar, a matrix with a column.
struct Floats
{
    int typeId;
    int count;
    const char *names[16];
};
constexpr Floats floatTypes[] = {
    {QMetaType::QVector2D, 2, {"x", "y"}},
    {QMetaType::QVector3D, 3, {"x", "y", "z"}},
    {QMetaType::QVector4D, 4, {"x", "y", "z", "w"}},
    {QMetaType::QQuaternion, 4, {"scalar", "x", "y", "z"}},
    {QMetaType::QMatrix4x4,
     16,
     {"m11", "m21", "m31", "m41", "m12", "m22", "m32", "m42", "m13", "m23", "m33", "m43", "m14",
      "m24", "m34", "m44"}},
};

const Floats *floatsOf(QMetaType type)
{
    for (const Floats &floats : floatTypes) {
        if (floats.typeId == type.id() && type.sizeOf() >= floats.count * qsizetype(sizeof(float)))
            return &floats;
    }
    return nullptr;
}

QVariantMap floatMap(const QVariant &value, const Floats &floats)
{
    QVariantMap map;
    const char *at = static_cast<const char *>(value.constData());
    for (int i = 0; i < floats.count; ++i, at += sizeof(float)) {
        float number = 0;
        memcpy(&number, at, sizeof(number));
        map.insert(QLatin1StringView(floats.names[i]), double(number));
    }
    return map;
}

bool floatsFrom(const QVariant &value, const Floats &floats, QMetaType type, void *result)
{
    if (value.typeId() != QMetaType::QVariantMap)
        return false;
    const QVariantMap map = value.toMap();
    char *at = static_cast<char *>(result);
    for (int i = 0; i < floats.count; ++i, at += sizeof(float)) {
        double number = 0;
        if (!numberFromPlain(map.value(QLatin1StringView(floats.names[i])), &number))
            return false;
        const auto member = float(number);
        if (std::isfinite(number) && !std::isfinite(member))
            return false;
        memcpy(at, &member, sizeof(member));
    }
    // What follows in a matrix says which kind it is: general, the only one that fits all.
    if (floats.typeId == QMetaType::QMatrix4x4
        && type.sizeOf() >= 16 * qsizetype(sizeof(float)) + qsizetype(sizeof(int))) {
        constexpr int General = 0x1f;
        memcpy(at, &General, sizeof(General));
    }
    return true;
}

bool isImage(int typeId)
{
    return typeId == QMetaType::QImage || typeId == QMetaType::QPixmap
        || typeId == QMetaType::QBitmap;
}

// A QDataStream has an image as a mark that there is one, a qint32, and the PNG.
constexpr qsizetype MarkSize = sizeof(qint32);

QVariant pngOf(const QVariant &image)
{
    QByteArray bytes;
    QDataStream stream(&bytes, QIODevice::WriteOnly);
    if (!image.metaType().save(stream, image.constData()) || bytes.size() <= MarkSize)
        return QVariant::fromValue(nullptr);
    return bytes.sliced(MarkSize);
}

bool imageFrom(const QVariant &value, QMetaType type, void *result)
{
    if (value.typeId() != QMetaType::QByteArray)
        return false;
    QByteArray bytes;
    QDataStream writer(&bytes, QIODevice::WriteOnly);
    writer << qint32(1);
    bytes += value.toByteArray();
    QDataStream reader(bytes);
    const QMetaType imageType(QMetaType::QImage);
    QVariant image(imageType);
    const QVariant none(imageType);
    if (!imageType.load(reader, image.data())
        || imageType.equals(image.constData(), none.constData()))
        return false;
    if (type == imageType) {
        type.destruct(result);
        type.construct(result, image.constData());
        return true;
    }
    return QMetaType::convert(imageType, image.constData(), type, result);
}

} // namespace

std::optional<QVariant> plainGuiValue(const QVariant &value)
{
    const QMetaType type = value.metaType();
    if (const Floats *floats = floatsOf(type))
        return floatMap(value, *floats);
    if (isImage(type.id()))
        return pngOf(value);
    return std::nullopt; // QColor, QFont and QKeySequence have a text that QVariant knows
}

std::optional<bool> guiValueFromPlain(const QVariant &value, QMetaType type, void *result)
{
    if (const Floats *floats = floatsOf(type))
        return floatsFrom(value, *floats, type, result);
    if (isImage(type.id()))
        return imageFrom(value, type, result);
    return std::nullopt;
}

} // namespace SocketIo::detail
