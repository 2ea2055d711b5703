using System.Data.Common;
using System.Globalization;

namespace Stackmeta.OpenStack;

/// <summary>Reads columns by name, so that a schema with more, fewer or reordered columns is read as far as it goes.</summary>
static class Rows
{
    /// <summary>A column's text; null for NULL.</summary>
    /// <exception cref="SchemaException">There is no such column.</exception>
    public static string? Text(this DbDataReader row, string column)
    {
        var ordinal = row.Ordinal(column);
        return row.IsDBNull(ordinal) ? null
            : row.GetFieldType(ordinal) == typeof(string) ? row.GetString(ordinal)
            : Convert.ToString(row.GetValue(ordinal), CultureInfo.InvariantCulture);
    }

    /// <summary>A column's number; null for NULL.</summary>
    /// <exception cref="SchemaException">There is no such column, or it holds no number.</exception>
    public static long? Number(this DbDataReader row, string column)
    {
        var ordinal = row.Ordinal(column);
        if (row.IsDBNull(ordinal))
        {
            return null;
        }
        try
        {
            return Convert.ToInt64(row.GetValue(ordinal), CultureInfo.InvariantCulture);
        }
        catch (Exception error) when (error is FormatException or InvalidCastException or OverflowException)
        {
            throw new SchemaException($"the column {column} holds no number", error);
        }
    }

    /// <summary>A column's truth; false for NULL and for a column that this schema does not have.</summary>
    public static bool Flag(this DbDataReader row, string column) =>
        row.Has(column) && row.Number(column) is not (null or 0);

    /// <summary>Reads all rows of the next result.</summary>
    public static async ValueTask EachOfNextAsync(
        this DbDataReader row,
        Action read,
        CancellationToken cancellationToken
    )
    {
        if (!await row.NextResultAsync(cancellationToken))
        {
            throw new SchemaException("the database left out a result");
        }
        while (await row.ReadAsync(cancellationToken))
        {
            read();
        }
    }

    /// <summary>Adds a parameter, named in the text as <c>@name</c>.</summary>
    public static void Add(this DbCommand command, string name, object? value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value ?? DBNull.Value;
        command.Parameters.Add(parameter);
    }

    static bool Has(this DbDataReader row, string column)
    {
        for (var i = 0; i < row.FieldCount; i++)
        {
            if (string.Equals(row.GetName(i), column, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }
        return false;
    }

    static int Ordinal(this DbDataReader row, string column)
    {
        try
        {
            return row.GetOrdinal(column);
        }
        catch (IndexOutOfRangeException error)
        {
            throw new SchemaException($"there is no column {column}; is this a database of Nova's?", error);
        }
    }
}
