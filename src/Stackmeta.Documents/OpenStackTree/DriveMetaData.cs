using System.Collections.Immutable;
using System.Globalization;

namespace Stackmeta.Documents;

/// <summary>
/// The keys that meta_data.json has on a config drive only: <c>files</c>, then the extra ones (spec/nova-metadata.md §2). Default over
/// HTTP.
/// </summary>
/// <param name="FilePaths">Where the guest shall put each personality file.</param>
/// <param name="FirstContent">The number of the first file's content.</param>
/// <param name="Extra">Further keys, for example <c>admin_pass</c>.</param>
readonly record struct DriveMetaData(
    ImmutableArray<string> FilePaths,
    int FirstContent,
    ImmutableArray<ExtraMetaData> Extra
)
{
    public void Write(ref PythonJsonWriter json)
    {
        WriteFiles(ref json);
        foreach (var extra in Extra.IsDefault ? [] : Extra)
        {
            json.Name(extra.Name);
            json.Raw(extra.Json.Span);
        }
    }

    void WriteFiles(ref PythonJsonWriter json)
    {
        if (FilePaths.IsDefaultOrEmpty)
        {
            return;
        }
        json.Name("files"u8);
        json.BeginArray();
        for (var i = 0; i < FilePaths.Length; i++)
        {
            json.BeginObject();
            json.Name("path"u8);
            json.Text(FilePaths[i]);
            json.Name("content_path"u8);
            json.Text("/content/", (FirstContent + i).ToString("d4", CultureInfo.InvariantCulture));
            json.EndObject();
        }
        json.EndArray();
    }
}
