using System.CommandLine;

namespace Stackmeta;

/// <summary><c>--watch</c> and <c>--drop-in</c>: networks that are others'.</summary>
sealed class NetworkSourceOptions
{
    readonly Option<bool> _watch = new("--watch")
    {
        Description =
            "Serve the namespaces qdhcp-, qrouter- and ovnmeta- that others make on this host, as they come and go",
    };

    readonly Option<bool> _dropIn = new("--drop-in")
    {
        Description = "Serve the namespaces in which Neutron's agents start 'stackmeta haproxy'",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_watch);
        command.Options.Add(_dropIn);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_watch) && result.GetValue(_dropIn))
            {
                result.AddError("--watch and --drop-in are two ways to be told of the same namespaces: name one.");
            }
        });
    }

    public NetworkSource Of(ParseResult parsed) =>
        parsed.GetValue(_watch) ? NetworkSource.Namespaces
        : parsed.GetValue(_dropIn) ? NetworkSource.DropIns
        : NetworkSource.Inventory;
}
