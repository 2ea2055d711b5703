using System.CommandLine;

namespace Stackmeta;

/// <summary>The options that choose requests, for the admin socket's query.</summary>
sealed class RequestFilter
{
    public Option<string?> Network { get; } =
        new("--network") { Description = "Only those of this network or router", HelpName = "ID" };

    public Option<string?> Instance { get; } =
        new("--instance") { Description = "Only those of this instance", HelpName = "ID" };

    public string Query(string path, ParseResult parsed)
    {
        var parts = new List<string>();
        Add("network", parsed.GetValue(Network));
        Add("instance", parsed.GetValue(Instance));
        return parts.Count == 0 ? path : $"{path}?{string.Join('&', parts)}";

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                parts.Add($"{name}={Uri.EscapeDataString(value)}");
            }
        }
    }
}
