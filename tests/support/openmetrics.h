// SPDX-License-Identifier: MIT
#ifndef TEST_OPENMETRICS_H
#define TEST_OPENMETRICS_H

#include <QtCore/qmap.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qset.h>
#include <QtCore/qstring.h>

// Reads text in the OpenMetrics 1.0 format, as strictly as its grammar for counters and gauges.
class OpenMetrics
{
public:
    explicit OpenMetrics(const QByteArray &text)
    {
        QList<QByteArray> lines = text.split('\n');
        if (lines.size() < 2 || !lines.takeLast().isEmpty() || lines.takeLast() != "# EOF") {
            error = QStringLiteral("the end is missing");
            return;
        }
        for (const QByteArray &line : std::as_const(lines)) {
            if (!readLine(QString::fromUtf8(line))) {
                error = QString::fromUtf8(line);
                return;
            }
        }
    }

    // By name and labels as they are written: name_total{label="value"}.
    QMap<QString, double> samples;
    QString error; // the line that is wrong

private:
    bool readLine(const QString &line)
    {
        static const QRegularExpression meta(
            QStringLiteral("^# (TYPE|UNIT|HELP) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$"));
        if (const auto match = meta.match(line); match.hasMatch())
            return readMeta(match.captured(1), match.captured(2), match.captured(3));
        static const QString label =
            QStringLiteral("[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\n]|\\\\[\\\\\"n])*\"");
        static const QRegularExpression sample(
            QStringLiteral("^(([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{%1(?:,%1)*\\})?) "
                           "([-+]?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(?:e[-+]?[0-9]+)?)$")
                .arg(label));
        const auto match = sample.match(line);
        if (!match.hasMatch() || samples.contains(match.captured(1)))
            return false;
        const QString suffix =
            m_type == QStringLiteral("counter") ? QStringLiteral("_total") : QString();
        if (m_family.isEmpty() || match.captured(2) != m_family + suffix)
            return false;
        samples.insert(match.captured(1), match.captured(3).toDouble());
        m_hasSamples = true;
        return true;
    }
    bool readMeta(const QString &kind, const QString &name, const QString &text)
    {
        if (kind == QStringLiteral("TYPE")) {
            if (m_families.contains(name))
                return false;
            m_families.insert(name);
            m_family = name;
            m_type = text;
            m_hasSamples = false;
            return text == QStringLiteral("counter") || text == QStringLiteral("gauge");
        }
        if (name != m_family || m_hasSamples)
            return false;
        return kind == QStringLiteral("HELP") || name.endsWith(u'_' + text);
    }

    QSet<QString> m_families;
    QString m_family;
    QString m_type;
    bool m_hasSamples = false;
};

#endif
