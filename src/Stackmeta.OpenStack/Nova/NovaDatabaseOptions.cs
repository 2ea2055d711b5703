namespace Stackmeta.OpenStack;

/// <summary>Where Nova's databases are and how they are asked.</summary>
public sealed record NovaDatabaseOptions
{
    /// <summary><c>[api_database] connection</c>; null only where <see cref="LocalMetadataPerCell"/> is set.</summary>
    public DatabaseUrl? ApiDatabase { get; init; }

    /// <summary><c>[database] connection</c>: where instances are looked for that have no cell.</summary>
    public DatabaseUrl? CellDatabase { get; init; }

    /// <summary>The same as text, from which the URLs of cells are filled in where they are templates. Holds a password.</summary>
    public string? CellDatabaseText { get; init; }

    /// <summary><c>[database] connection_parameters</c>, added to each cell's URL.</summary>
    public string ConnectionParameters { get; init; } = "";

    public DatabasePool ApiPool { get; init; } = new();

    /// <summary>Of each cell.</summary>
    public DatabasePool CellPool { get; init; } = new();

    /// <summary>
    /// <c>[api] local_metadata_per_cell</c>: this process serves one cell, <see cref="CellDatabase"/>, and asks no API database.
    /// </summary>
    public bool LocalMetadataPerCell { get; init; }

    /// <summary>
    /// How long one look-up in one database may take. Two of them in a row must fit into the 8 seconds that a request may wait inside.
    /// </summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Without its secrets.</summary>
    public override string ToString() => $"API {ApiDatabase}, cell {CellDatabase}";
}
