using System.Text;

namespace Stackmeta;

/// <summary>
/// What cloud-init would not take of user data, found before a guest boots without it. It stays the operator's choice: other programs in
/// guests take other things.
/// </summary>
static class UserDataLint
{
    const string CloudConfig = "#cloud-config";
    const string Jinja = "## template: jinja";

    /// <summary>First lines by which cloud-init and cloudbase-init know what follows (cloud-init: INCLUSION_TYPES_MAP).</summary>
    static readonly string[] _known =
    [
        "#!",
        CloudConfig,
        "#cloud-config-archive",
        "#cloud-config-jsonp",
        "#cloud-boothook",
        "#include",
        "#include-once",
        "#part-handler",
        "#upstart-job",
        Jinja,
        "#ps1",
        "#ps1_sysnative",
        "#ps1_x86",
        "rem cmd",
        "<script>",
        "<powershell>",
        "content-type:",
        "mime-version:",
    ];

    /// <summary>Keys that begin many a cloud-config; text with one of them and no first line is one that lost it.</summary>
    static readonly string[] _keys =
    [
        "packages",
        "package_update",
        "package_upgrade",
        "users",
        "runcmd",
        "bootcmd",
        "write_files",
        "ssh_authorized_keys",
        "chpasswd",
        "password",
        "ssh_pwauth",
        "hostname",
        "fqdn",
        "apt",
        "ntp",
        "mounts",
        "growpart",
        "locale",
        "timezone",
        "final_message",
        "disable_root",
    ];

    static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Sentences about what is wrong; none where nothing is, or nothing can be said.</summary>
    public static IEnumerable<string> Check(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
        {
            return ["It is empty."];
        }
        if (data.StartsWith<byte>([0xff, 0xfe]) || data.StartsWith<byte>([0xfe, 0xff]))
        {
            return ["It is UTF-16 text, which cloud-init does not read: save it as UTF-8."];
        }
        if (data.StartsWith<byte>([0xef, 0xbb, 0xbf]))
        {
            return ["It begins with a byte order mark, which hides its first line from cloud-init: save it without."];
        }
        // Bytes that are no text are a program's business: gzip, or what a part handler takes.
        return TryDecode(data) is { } text ? CheckText(text) : [];
    }

    static string? TryDecode(ReadOnlySpan<byte> data)
    {
        try
        {
            return data.Contains((byte)0) ? null : _utf8.GetString(data);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    static IEnumerable<string> CheckText(string text)
    {
        var start = text.Length - text.TrimStart().Length;
        var first = LineAt(text, start);
        if (first.StartsWith(Jinja, StringComparison.OrdinalIgnoreCase))
        {
            // What the template makes is not known before the guest makes it.
            return [];
        }
        if (first.StartsWith("#!", StringComparison.Ordinal))
        {
            return first.EndsWith('\r')
                ?
                [
                    "Its lines end with CR LF, so that the guest's kernel does not find its interpreter: save it with LF.",
                ]
                : [];
        }
        var word = first.TrimEnd();
        if (word.Equals(CloudConfig, StringComparison.OrdinalIgnoreCase) || IsCommented(word))
        {
            return CloudConfigLint.Check(text);
        }
        if (_known.Any(known => word.StartsWith(known, StringComparison.OrdinalIgnoreCase) && known != CloudConfig))
        {
            return [];
        }
        if (NearestName.Of(word.Replace(" ", ""), _known.Where(static known => known.Length > 2)) is { } meant)
        {
            return [$"Its first line is '{Table.OneLine(word)}', which cloud-init does not know: write {meant}."];
        }
        return text.Split('\n').FirstOrDefault(IsKey) is { } key
            ?
            [
                $"Its first line is not {CloudConfig}, without which cloud-init takes nothing of it ('{key.Split(':')[0]}' is a key of it).",
            ]
            : [];
    }

    /// <summary>Cloud-init looks at the beginning of the line alone.</summary>
    static bool IsCommented(string line) => line.StartsWith(CloudConfig + " ", StringComparison.OrdinalIgnoreCase);

    static bool IsKey(string line) =>
        line.IndexOf(':') is > 0 and var colon && _keys.Contains(line[..colon], StringComparer.Ordinal);

    static string LineAt(string text, int start)
    {
        var end = text.IndexOf('\n', start);
        return end < 0 ? text[start..] : text[start..end];
    }
}
