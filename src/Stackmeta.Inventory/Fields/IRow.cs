using System.Text.Json.Serialization.Metadata;

namespace Stackmeta.Inventory;

/// <summary>The row on which a store stands while it reads.</summary>
interface IRow
{
    bool IsNull(int column);

    long Number(int column);

    string Text(int column);

    byte[] Blob(int column);

    /// <summary>A value from its JSON text.</summary>
    /// <exception cref="System.Text.Json.JsonException">Only a hand in the database can have put it there.</exception>
    object? Json(int column, JsonTypeInfo shape);
}
