// SPDX-License-Identifier: MIT
#include "jsoriginals_p.h"

#include "jscomplaints_p.h"
#include "jsvalues_p.h"
#include "qmlcontext_p.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qpointer.h>
#include <QtQml/qjsengine.h>
#include <QtQml/qjsvalueiterator.h>

#include <algorithm>
#include <cmath>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

namespace {

// Whether a value is still what QJSEngine::toScriptValue() has made of its original.
class Comparison
{
public:
    explicit Comparison(QJSEngine *engine)
        : m_engine(engine)
        , m_plain(engine->newObject().prototype())
    {
    }

    bool isStill(const QJSValue &value, const QVariant &original) const
    {
        switch (original.typeId()) {
        case QMetaType::QVariantList:
            return isStillList(value, original.toList());
        case QMetaType::QVariantMap:
            return isStillMap(value, original.toMap());
        case QMetaType::QByteArray:
            return value.toVariant(QJSValue::RetainJSObjects) == original;
        case QMetaType::QString:
            return value.isString() && value.toString() == original.toString();
        default:
            return isStillOther(value, m_engine->toScriptValue(original));
        }
    }

private:
    bool isStillList(const QJSValue &value, const QVariantList &originals) const
    {
        if (!isList(value) || value.property(u"length"_s).toNumber() != double(originals.size()))
            return false;
        for (qsizetype i = 0; i < originals.size(); ++i) {
            if (!isStill(value.property(quint32(i)), originals.at(i)))
                return false;
        }
        return true;
    }

    bool isStillMap(const QJSValue &value, const QVariantMap &originals) const
    {
        // Others have contents of their own, as a Map, or a toJSON().
        if (!value.isObject() || !value.prototype().strictlyEquals(m_plain))
            return false;
        qsizetype count = 0;
        QJSValueIterator members(value);
        while (members.hasNext()) {
            members.next();
            const auto original = originals.constFind(members.name());
            if (original == originals.cend() || !isStill(members.value(), *original))
                return false;
            ++count;
        }
        return count == originals.size();
    }

    static bool isStillOther(const QJSValue &value, const QJSValue &made)
    {
        if (made.strictlyEquals(value))
            return true;
        if (made.isNumber() && value.isNumber())
            return std::isnan(made.toNumber()) && std::isnan(value.toNumber());
        if (!made.isObject() || !value.isObject() || made.isQObject() || value.isCallable())
            return false;
        if (made.isDate())
            return value.isDate() && value.toDateTime() == made.toDateTime();
        return value.toVariant() == made.toVariant();
    }

    QJSEngine *const m_engine;
    const QJSValue m_plain;
};

} // namespace

std::optional<QVariantList> changedListFromJs(const QJSValue &array, const QVariantList &originals,
                                              const QObject *object, const QString &purpose,
                                              Error *error)
{
    QJSEngine *engine = object ? engineOf(object) : nullptr;
    if (!engine)
        return argumentListFromJs(array, object, purpose, error);
    // JavaScript may have put getters into the array.
    const QPointer<const QObject> guard = object;
    const Comparison comparison(engine);
    const bool isStill = comparison.isStill(array, originals);
    if (guard && isStill)
        return originals;
    std::optional<QVariantList> list;
    if (guard)
        list = argumentListFromJs(array, guard, purpose, error);
    for (qsizetype i = 0; list && i < std::min(list->size(), originals.size()); ++i) {
        if (comparison.isStill(array.property(quint32(i)), originals.at(i)))
            (*list)[i] = originals.at(i);
    }
    if (guard)
        return list;
    *error = JsComplaints::ownerDeleted(purpose);
    return std::nullopt;
}

} // namespace SocketIo::detail
