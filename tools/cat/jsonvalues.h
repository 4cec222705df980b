// SPDX-License-Identifier: MIT
#ifndef JSONVALUES_H
#define JSONVALUES_H

#include <QtCore/qbytearray.h>
#include <QtCore/qvariant.h>

#include <optional>

// JSON as the module reads and writes it: all 64-bit integers keep their digits, which they do not in
// a QJsonDocument.

// Says in error what is wrong.
std::optional<QVariantList> readJsonArray(const QString &text, QString *error);
// Binary data is written as {"base64":"..."}.
QByteArray writeJsonArray(const QVariantList &list);

// Makes binary data of each {"base64":"..."} in the value.
QVariant decodeBinary(const QVariant &value);

#endif
