using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Stackmeta.Inventory;

/// <summary>A column of a table, in both stores.</summary>
readonly record struct Column(string Name, ColumnKind Kind, bool IsNullable = false)
{
    /// <summary>The row's number: grows with each row and gives the order of creation.</summary>
    public static Column RowNumber { get; } = new("number", ColumnKind.Number);

    /// <summary>What a text may be.</summary>
    public TextForm Form { get; init; }

    /// <summary>What a JSON text is made of.</summary>
    public JsonTypeInfo? Shape { get; init; }

    public static Column OfJson(string name, JsonTypeInfo shape) =>
        new(name, ColumnKind.Json, IsNullable: true) { Shape = shape };

    /// <summary>In SQL, what stands for a value that is not read.</summary>
    public string Nothing =>
        IsNullable ? "NULL"
        : Kind == ColumnKind.Number ? "0"
        : "''";

    /// <summary>A value as a statement's parameter.</summary>
    public object? ToParameter(object? value) =>
        value switch
        {
            null => null,
            ReadOnlyMemory<byte> bytes => bytes.ToArray(),
            _ when Shape is not null => JsonSerializer.Serialize(value, Shape),
            _ => value,
        };

    /// <summary>Objects to a text that is not of the column's form.</summary>
    public void Check(object? value, Objections objections)
    {
        switch (Form)
        {
            case TextForm.Line:
                objections.CheckLine(Name, (string?)value);
                break;
            case TextForm.Word:
                objections.CheckWord(Name, (string)value!);
                break;
            case TextForm.Project:
                objections.CheckProject(Name, (string)value!);
                break;
        }
    }
}

/// <summary>The forms of values.</summary>
enum ColumnKind
{
    Number,
    Text,
    Bytes,
    Json,
}

/// <summary>What a text may be.</summary>
enum TextForm
{
    /// <summary>The resource's rules know.</summary>
    Other,

    /// <summary>One line (<see cref="TextRules.CheckLine"/>).</summary>
    Line,

    /// <summary>A word that names a choice (<see cref="TextRules.CheckWord"/>).</summary>
    Word,

    /// <summary>A project (<see cref="TextRules.CheckProject"/>).</summary>
    Project,
}
